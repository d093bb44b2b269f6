/** Refusals and failures as RFC 9457 problem details, and the trace id that ties them to the log. */
@NullMarked
package io.renderfleet.api.problem;

import org.jspecify.annotations.NullMarked;
