/** One job from its claim to its end: lease, heartbeat, time limit, and what becomes of each way to end. */
@NullMarked
package io.renderfleet.worker.execution;

import org.jspecify.annotations.NullMarked;
