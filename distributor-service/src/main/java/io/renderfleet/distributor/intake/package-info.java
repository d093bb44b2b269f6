/** Receives messages from the master queues and routes them: choose a region, write the route, forward, delete. */
@NullMarked
package io.renderfleet.distributor.intake;

import org.jspecify.annotations.NullMarked;
