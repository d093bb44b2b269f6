/** The distributor: receives jobs from the master queues and forwards each to a region with little backlog. */
@NullMarked
package io.renderfleet.distributor;

import org.jspecify.annotations.NullMarked;
