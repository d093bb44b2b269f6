/** Runs one attempt of a job, from the claim to its settlement: lease, heartbeat, limits, retries. */
@NullMarked
package io.renderfleet.worker.execution;

import org.jspecify.annotations.NullMarked;
