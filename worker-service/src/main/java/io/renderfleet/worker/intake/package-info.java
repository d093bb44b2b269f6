/** Takes as many messages from the region's queue as there are free slots. */
@NullMarked
package io.renderfleet.worker.intake;

import org.jspecify.annotations.NullMarked;
