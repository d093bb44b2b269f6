/** Sends messages to the regions in batches, each region behind a circuit breaker of its own. */
@NullMarked
package io.renderfleet.distributor.dispatch;

import org.jspecify.annotations.NullMarked;
