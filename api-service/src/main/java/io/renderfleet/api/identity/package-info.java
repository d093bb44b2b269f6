/** Authentication by OAuth 2.0 bearer tokens, what each caller may do, and the audit log. */
@NullMarked
package io.renderfleet.api.identity;

import org.jspecify.annotations.NullMarked;
