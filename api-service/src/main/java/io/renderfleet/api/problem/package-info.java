/** Problem details (RFC 9457) for refused and failed requests, and the trace id that links them to the log. */
@NullMarked
package io.renderfleet.api.problem;

import org.jspecify.annotations.NullMarked;
