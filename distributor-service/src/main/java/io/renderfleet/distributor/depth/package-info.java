/** The estimated depth of each region's queues: the last reading of SQS, corrected by the messages sent since. */
@NullMarked
package io.renderfleet.distributor.depth;

import org.jspecify.annotations.NullMarked;
