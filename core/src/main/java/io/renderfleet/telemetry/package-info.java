/** The names of all metrics, the traces of jobs, and the liveness of background loops. */
@NullMarked
package io.renderfleet.telemetry;

import org.jspecify.annotations.NullMarked;
