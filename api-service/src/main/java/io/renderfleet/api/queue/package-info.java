/** Calls to the queues, each with a time limit: sending to the master queues and reading depths. */
@NullMarked
package io.renderfleet.api.queue;

import org.jspecify.annotations.NullMarked;
