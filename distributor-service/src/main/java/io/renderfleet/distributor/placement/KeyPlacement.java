package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Places the jobs of an ordering key in one region as long as that region has room, so that its FIFO queue keeps their
 * order and a worker finds the next job as soon as the previous one is over. When a region is full or unreachable, only
 * its keys move to other regions. The result depends only on the arguments, so all distributors choose the same region.
 *
 * <p>Rendezvous hashing: D. Thaler, C. Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM
 * Transactions on Networking 6 (1998), 1-14.
 */
public final class KeyPlacement {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private KeyPlacement() {}

    /**
     * Chooses the region of one job.
     *
     * @param key the ordering key, including its user
     * @param allowed the regions in which the job may run; empty for all
     * @return the region; empty when no allowed region has room
     */
    public static Optional<RegionId> place(String key, List<RegionId> allowed, List<RegionLoad> regions) {
        return regions.stream()
                .filter(RegionLoad::hasRoom)
                .map(RegionLoad::region)
                .filter(region -> allowed.isEmpty() || allowed.contains(region))
                .max(Comparator.<RegionId>comparingLong(region -> weight(key, region))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /**
     * FNV-1a over key and region, with the finalizer of SplitMix64, so that the last characters affect the high bits.
     */
    private static long weight(String key, RegionId region) {
        long hash = FNV_OFFSET;
        for (byte value : (key + '\0' + region.value()).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (value & 0xff)) * FNV_PRIME;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }
}
