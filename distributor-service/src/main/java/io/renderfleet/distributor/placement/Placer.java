package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Places jobs so that the number of jobs per region follows the weights of a policy as closely as possible. With
 * constant weights and jobs that may run anywhere, the number of jobs of each region differs from its exact share by
 * less than one, and a region never has fewer jobs than one with a smaller weight. A job is placed only in a region
 * that it may run in and that has room, and always if there is one. The result depends only on the arguments.
 *
 * <p>The algorithm is R. Tijdeman's for the chairman assignment problem (Discrete Mathematics 32, 1980, 323-330): with
 * n eligible regions, of those that are owed at least 1/(2n-2) of a job, the next job goes to the region that would be
 * the first to be owed more than 1 - 1/(2n-2). The weights are those at the start of the batch.
 */
public final class Placer {
    private final RoutingPolicy policy;

    public Placer(RoutingPolicy policy) {
        this.policy = policy;
    }

    /**
     * Places the jobs of a batch.
     *
     * @param regions all regions, each once
     * @param allowed for each job, the regions in which it may run; empty for all
     * @param credits the credits of the previous plan
     */
    public Plan place(List<RegionLoad> regions, List<List<RegionId>> allowed, Credits credits) {
        List<Share> shares = regions.stream()
                .map(region -> new Share(region, policy.weight(region), credits.of(region.region())))
                .sorted(Comparator.comparing(share -> share.region))
                .toList();
        List<Optional<RegionId>> placed = new ArrayList<>(allowed.size());
        for (List<RegionId> ofJob : allowed) {
            List<Share> eligible = shares.stream()
                    .filter(share -> share.room > 0 && (ofJob.isEmpty() || ofJob.contains(share.region)))
                    .toList();
            placed.add(eligible.isEmpty() ? Optional.empty() : Optional.of(next(eligible)));
        }
        Map<RegionId, Double> owed = new HashMap<>();
        shares.forEach(share -> owed.put(share.region, share.carried()));
        return new Plan(placed, new Credits(owed));
    }

    private static RegionId next(List<Share> eligible) {
        double weights = eligible.stream().mapToDouble(share -> share.weight).sum();
        eligible.forEach(share -> share.owe(share.weight / weights));
        double least = eligible.size() == 1 ? 0 : 1.0 / (2 * eligible.size() - 2);
        // The tolerance keeps rounding from excluding all regions when their amounts are equal to the bound.
        Share chosen = eligible.stream()
                .filter(share -> share.owed >= least - 1e-9)
                .min(Comparator.comparingLong(share -> share.deadline(1 - least)))
                .orElseGet(() -> eligible.stream()
                        .max(Comparator.comparingDouble(share -> share.owed))
                        .orElseThrow());
        chosen.give();
        return chosen.region;
    }

    /** The state of one region while a batch is placed. */
    private static final class Share {
        final RegionId region;
        final double weight;
        double owed;
        long room;
        private double perJob;

        Share(RegionLoad load, double weight, double owed) {
            this.region = load.region();
            this.room = load.room();
            this.weight = weight;
            this.owed = owed;
        }

        void owe(double share) {
            perJob = share;
            owed += share;
        }

        void give() {
            owed -= 1;
            room -= 1;
        }

        /**
         * The number of jobs that can be placed before this region is owed more than {@code most}, in millionths of a
         * job. Rounding to millionths makes equal regions tie, and then the first of them is chosen.
         */
        long deadline(double most) {
            return Math.round((most - owed) / perJob * 1e6);
        }

        /**
         * The credit for the next batch, limited to one job, because restricted jobs and full regions can accumulate
         * more.
         */
        double carried() {
            return Math.clamp(owed, -1.0, 1.0);
        }
    }
}
