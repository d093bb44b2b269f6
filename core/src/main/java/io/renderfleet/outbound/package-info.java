/** Requests to hosts that users name: to public addresses only, with a deadline, and without redirects. */
@NullMarked
package io.renderfleet.outbound;

import org.jspecify.annotations.NullMarked;
