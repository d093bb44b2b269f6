/** The ways to the queues: messages to the master queues, and how much is in every queue, each bounded in time. */
@NullMarked
package io.renderfleet.api.queue;

import org.jspecify.annotations.NullMarked;
