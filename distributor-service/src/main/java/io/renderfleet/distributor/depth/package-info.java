/** How much waits in each region: what SQS last said, corrected by what was sent since. */
@NullMarked
package io.renderfleet.distributor.depth;

import org.jspecify.annotations.NullMarked;
