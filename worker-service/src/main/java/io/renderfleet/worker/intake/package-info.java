/** Receives messages from the region's queues, as many as there are free slots. */
@NullMarked
package io.renderfleet.worker.intake;

import org.jspecify.annotations.NullMarked;
