/** An OpenID Connect issuer with three users, to try authentication on one machine. Not for production. */
@NullMarked
package io.renderfleet.localissuer;

import org.jspecify.annotations.NullMarked;
