package io.renderfleet.distributor.depth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A region's depth as it is believed to be.
 *
 * @param jobs visible and in flight on all its lanes, corrected by what was sent since
 * @param known false when the region has not answered for a while: unknown is not empty, so it gets nothing
 * @param measuredAt when the last reading that was answered began; null before the first
 */
public record Depth(long jobs, boolean known, @Nullable Instant measuredAt) {}
