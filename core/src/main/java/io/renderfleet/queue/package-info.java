/** Lanes, the names of queues, and sending, receiving and settling job messages. */
@NullMarked
package io.renderfleet.queue;

import org.jspecify.annotations.NullMarked;
