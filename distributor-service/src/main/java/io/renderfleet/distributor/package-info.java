/** The distributor: takes jobs off the master queues and sends each to the region that can start it soonest. */
@NullMarked
package io.renderfleet.distributor;

import org.jspecify.annotations.NullMarked;
