/** Takes messages off the master queues and sees each through: place, write the route, forward, delete. */
@NullMarked
package io.renderfleet.distributor.intake;

import org.jspecify.annotations.NullMarked;
