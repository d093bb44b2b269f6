package io.renderfleet.jobtype.inference.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of a quota domain a worker should hold. Pure functions: each worker computes the same shares from the item.
 *
 * <p>Permits are shared by need, max-min fair: nobody gets more than it needs while another one needs more and has less.
 * What nobody needs can be held by anyone, and is given back when somebody needs it. The rates are shared equally by the
 * workers that need permits. Jobs are spread evenly by their queue, so the workers need similar rates.
 *
 * @param permits what the worker should hold
 * @param rate the same for the rates, in thousandths
 */
record PermitPlan(int permits, int rate) {

    /**
     * @param item the item, which may be older than {@code mine}
     * @param mine what this worker holds, and needs now
     * @param spare how many permits more than it needs the worker should have, so that its next calls do not wait
     * @param trim whether it gives back what it has not needed for a while
     */
    static PermitPlan of(PermitItem item, String self, Holding mine, int spare, boolean trim) {
        Map<String, Integer> wants = new HashMap<>();
        item.holders().forEach((worker, holding) -> wants.put(worker, holding.want()));
        wants.put(self, mine.want());
        Map<String, Integer> fair = maxMin(item.total(), wants);
        int needing = (int) wants.values().stream().filter(want -> want > 0).count();
        int fairRate = needing == 0 ? 0 : Holding.ALL / needing;
        int othersNeed = 0;
        int othersNeedRate = 0;
        for (Map.Entry<String, Holding> other : item.holders().entrySet()) {
            if (!other.getKey().equals(self)) {
                Holding holding = other.getValue();
                othersNeed += Math.max(0, fair.getOrDefault(other.getKey(), 0) - holding.permits());
                othersNeedRate += holding.want() > 0 ? Math.max(0, fairRate - holding.rate()) : 0;
            }
        }
        int most = Math.min(item.total(), mine.want() == 0 ? 0 : mine.want() + spare);
        return new PermitPlan(
                next(mine.permits(), fair.getOrDefault(self, 0), most, item.free(), othersNeed, trim),
                next(
                        mine.rate(),
                        mine.want() > 0 ? fairRate : 0,
                        mine.want() > 0 ? fairRate : 0,
                        item.freeRate(),
                        othersNeedRate,
                        trim && mine.want() == 0));
    }

    private static int next(int held, int fair, int most, int free, int othersNeed, boolean trim) {
        if (held > fair && othersNeed > free) {
            return Math.max(fair, held - (othersNeed - free));
        }
        if (trim && held > Math.max(fair, most)) {
            return Math.max(fair, most);
        }
        int needed = Math.max(0, Math.min(fair - held, free));
        int extra = Math.max(0, Math.min(most - held - needed, free - needed - othersNeed));
        return held + needed + extra;
    }

    /**
     * Shares out a total, max-min fair. What cannot be divided goes to the first workers by their ids.
     *
     * @param wants the need of each worker, 0 or more
     */
    static Map<String, Integer> maxMin(int total, Map<String, Integer> wants) {
        List<Map.Entry<String, Integer>> order = new ArrayList<>(wants.entrySet());
        order.sort(Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())));
        Map<String, Integer> shares = new HashMap<>();
        int left = Math.max(0, total);
        int workers = order.size();
        for (Map.Entry<String, Integer> worker : order) {
            int share = Math.min(worker.getValue(), left / workers);
            shares.put(worker.getKey(), share);
            left -= share;
            workers--;
        }
        return shares;
    }
}
