/** Sends messages to the regions in batches, with a circuit breaker for each region and pool. */
@NullMarked
package io.renderfleet.distributor.dispatch;

import org.jspecify.annotations.NullMarked;
