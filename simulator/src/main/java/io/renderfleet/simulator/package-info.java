/** Simulates the workers of a region under load: how a scaling policy affects waiting times and cost. */
@NullMarked
package io.renderfleet.simulator;

import org.jspecify.annotations.NullMarked;
