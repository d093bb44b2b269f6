package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Places jobs so that the regions' counts follow a policy's weights as closely as whole jobs can: after any number of
 * jobs that may run anywhere, with weights that stay, every region has its ideal number give or take less than one,
 * and a heavier region never fewer than a lighter one. A job is only given to a region that it may run in and that has
 * room, and is given to one whenever there is one. The same question gets the same answer.
 *
 * <p>The rule is R. Tijdeman's for the chairman assignment problem (Discrete Mathematics 32, 1980, 323-330): of the
 * regions that are owed at least 1/(2n-2) of a job, the next goes to the one that would first be owed more than the
 * rest of one. The weights are those at the start of the batch.
 */
public final class Placer {
    private final RoutingPolicy policy;

    public Placer(RoutingPolicy policy) {
        this.policy = policy;
    }

    /**
     * Decides for a batch.
     *
     * @param regions all there are, each once
     * @param allowed for each job the regions it may run in; empty for all
     * @param credits as the previous decision left them
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
        // Rounding must not let all of two equal regions miss a bound that one of them has to reach.
        Share chosen = eligible.stream()
                .filter(share -> share.owed >= least - 1e-9)
                .min(Comparator.comparingLong(share -> share.deadline(1 - least)))
                .orElseGet(() -> eligible.stream()
                        .max(Comparator.comparingDouble(share -> share.owed))
                        .orElseThrow());
        chosen.give();
        return chosen.region;
    }

    /** One region's part in a decision while it is being made. */
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
         * How many more jobs may be placed before this region is owed more than {@code most}, in millionths: coarse
         * enough that equal regions tie, and the first of them is next, in spite of rounding.
         */
        long deadline(double most) {
            return Math.round((most - owed) / perJob * 1e6);
        }

        /** Restricted jobs and full regions can run a debt up; more than one job of it is not worth repaying. */
        double carried() {
            return Math.clamp(owed, -1.0, 1.0);
        }
    }
}
