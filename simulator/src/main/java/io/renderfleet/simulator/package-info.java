/** A region's workers under simulated load: what a scaling policy does to waiting times and to the bill. */
@NullMarked
package io.renderfleet.simulator;

import org.jspecify.annotations.NullMarked;
