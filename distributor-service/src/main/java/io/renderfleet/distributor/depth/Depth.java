package io.renderfleet.distributor.depth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The estimated depth of a pool's queues in a region.
 *
 * @param jobs the number of jobs that wait or run, over all lanes: the last reading plus the messages sent since
 * @param known false when the last readings failed. The region then gets no jobs, because an unknown depth is not 0
 * @param measuredAt the time at which the last successful reading started; null before the first
 */
public record Depth(long jobs, boolean known, @Nullable Instant measuredAt) {}
