package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.fleet.FleetItems.Result;
import io.renderfleet.jobtype.inference.keys.Allowance;
import io.renderfleet.jobtype.inference.keys.Demand;
import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.region.FleetTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The permits of one quota domain, as one worker holds them. Over all workers, the permits never exceed the domain's
 * concurrency: each change of what a worker holds changes {@code free} in the same conditional write.
 *
 * <ul>
 *   <li>A lease covers the calls in progress: no call begins in the last {@code longestCall + margin} before its end
 *       ({@link Allowance#startBefore}), which {@link KeyPool} checks with the clock at each call. So when another
 *       worker takes the permits of a worker that was killed or paused, the calls of that worker are over. What remains is
 *       a process that is paused between that check and the request.
 *   <li>A worker gives permits back only when they are not in use: it lowers its own allowance first, and writes what is
 *       then in use.
 *   <li>A write whose response was lost is found by the next one, whose condition names the holding exactly.
 * </ul>
 *
 * <p>While a domain is in use, a worker makes one write every ten seconds (360 write requests an hour; a write of an item
 * of up to 1 KB, about 8 workers, is one write unit) and two reads a second, and one write for each change of its share.
 * Used by one thread.
 */
final class DomainPermits {
    private static final Logger log = LoggerFactory.getLogger(DomainPermits.class);
    private static final int TRIES = 3;
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int LEAST_SPARE = 2;
    private static final Duration WANT_PERIOD = Duration.ofSeconds(1);

    private final FleetItems items;
    private final KeyPool pool;
    private final DomainName domain;
    private final String id;
    private final String worker;
    private final int limit;
    private final Timing timing;
    private final InstantSource clock;
    private final RecentNeed need = new RecentNeed();

    private PermitItem item = new PermitItem(0, 0, 0, Map.of());
    private Holding held = Holding.NOTHING;
    private Instant readNext = Instant.MIN;
    private Instant renewNext = Instant.MIN;
    private Instant wantNext = Instant.MIN;
    /** Whether the outcome of the latest write is unknown. What is allowed does not grow until another one succeeds. */
    private boolean isUncertain;

    /** What calls may use: less than what is held while more than that is in use. */
    private volatile Allowance allowance = Allowance.NONE;

    /** @param limit the concurrency of the domain in the settings */
    DomainPermits(
            FleetItems items,
            KeyPool pool,
            String poolName,
            DomainName domain,
            int limit,
            String worker,
            Timing timing,
            InstantSource clock) {
        this.items = items;
        this.pool = pool;
        this.domain = domain;
        this.limit = limit;
        this.worker = worker;
        this.timing = timing;
        this.clock = clock;
        this.id = PermitItem.id(poolName, domain.value());
        pool.allow(domain, Allowance.NONE);
    }

    /** Remembers what calls needed. */
    void observe(Demand demand) {
        need.observe(now(), demand);
    }

    /** Does what is due now. Errors of DynamoDB are thrown; the next turn goes on from what is known. */
    void turn() {
        Instant now = now();
        int want = Math.min(limit, need.permits(now));
        boolean idle = isIdle(now);
        if (!isHolder() && (want == 0 || idle)) {
            return;
        }
        if (!now.isBefore(readNext)) {
            readNext = now.plus(timing.read());
            adopt(items.get(id));
            settle();
        }
        if (idle) {
            giveBack();
        } else {
            share(now, want);
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private boolean isIdle(Instant now) {
        return !need.lastNeeded().plus(timing.idle()).isAfter(now);
    }

    private boolean isHolder() {
        return held.isStored();
    }

    /** Whether calls can begin now. */
    boolean isAllowed() {
        Allowance current = allowance;
        return current.concurrent() > 0 && current.startBefore().isAfter(clock.instant());
    }

    Instant lastNeeded() {
        return need.lastNeeded();
    }

    /** The permits that calls may use. */
    int permits() {
        return allowance.concurrent();
    }

    private void adopt(Map<String, AttributeValue> attributes) {
        item = PermitItem.read(attributes);
        Holding stored = item.holders().get(worker);
        if (stored == null) {
            if (isHolder() && held.until().isBefore(now())) {
                log.warn(
                        "The lease of this worker on the permits of the quota domain {} ended, and another worker has taken"
                                + " them; this happens when a worker is paused or cannot reach the fleet table",
                        domain);
            }
            // An eventually consistent read may be older than the first write of this worker, but not by a lease.
            if (!isHolder() || held.until().isBefore(now())) {
                hold(Holding.NOTHING, 0, 0);
            }
        }
    }

    /** Sets what is held for certain, and lets calls use it or less. */
    private void hold(Holding stored, int permits, int rate) {
        held = stored;
        Instant startBefore =
                stored.isStored() ? stored.until().minus(timing.longestCall()).minus(timing.margin()) : Instant.MIN;
        allow(Math.min(permits, stored.permits()), Math.min(rate, stored.rate()), startBefore);
    }

    private void allow(int permits, int rate, Instant startBefore) {
        allowance = new Allowance(Math.min(permits, limit), (double) rate / Holding.ALL, startBefore);
        pool.allow(domain, allowance);
    }

    /** Creates the item, follows the settings, and takes back what workers hold whose leases have ended. */
    private void settle() {
        Instant now = now();
        if (item.total() == 0) {
            adopt(items.write(id)
                    .set(PermitItem.TOTAL, FleetItems.number(limit))
                    .set(PermitItem.FREE, FleetItems.number(limit))
                    .set(PermitItem.FREE_RATE, FleetItems.number(Holding.ALL))
                    .set(FleetTable.EXPIRES_AT, expiry(now))
                    .whenAbsent(PermitItem.TOTAL)
                    .apply()
                    .item());
        }
        // While workers have different settings, the lowest limit counts.
        int lowest = item.holders().values().stream().mapToInt(Holding::limit).reduce(limit, Math::min);
        if (item.total() != lowest) {
            adopt(items.write(id)
                    .set(PermitItem.TOTAL, FleetItems.number(lowest))
                    .add(PermitItem.FREE, (long) lowest - item.total())
                    .when(PermitItem.TOTAL, FleetItems.number(item.total()))
                    .apply()
                    .item());
        }
        item.holders().forEach((other, holding) -> {
            if (!other.equals(worker) && holding.until().isBefore(now)) {
                takeBack(other, holding);
            }
        });
    }

    private void takeBack(String other, Holding holding) {
        String attribute = PermitItem.attribute(other);
        Result result = items.write(id)
                .remove(attribute)
                .add(PermitItem.FREE, holding.permits())
                .add(PermitItem.FREE_RATE, holding.rate())
                .when(attribute, holding.stored())
                .apply();
        if (result.applied()) {
            log.info(
                    "Took back {} permits of the quota domain {} from the worker {}, which has stopped renewing its lease",
                    holding.permits(),
                    domain,
                    other);
        }
        adopt(result.item());
    }

    private static AttributeValue expiry(Instant now) {
        return FleetItems.number(now.plus(KEPT).getEpochSecond());
    }

    private void share(Instant now, int want) {
        for (int i = 0; i < TRIES; i++) {
            Holding mine = new Holding(held.permits(), held.rate(), want, limit, held.until());
            boolean renew = isUncertain || !now.isBefore(renewNext);
            PermitPlan plan = PermitPlan.of(item, worker, mine, Math.max(LEAST_SPARE, want / 2), renew);
            if (!isDue(now, plan, want, renew)) {
                if (isHolder() && plan.permits() >= held.permits()) {
                    hold(held, held.permits(), held.rate());
                }
                return;
            }
            if (write(now, want, plan, renew)) {
                return;
            }
        }
    }

    private boolean isDue(Instant now, PermitPlan plan, int want, boolean renew) {
        if (renew || plan.rate() != held.rate() || plan.permits() < held.permits()) {
            return true;
        }
        // More than it needs is only taken together with another change.
        if (plan.permits() > held.permits() && want > held.permits()) {
            return true;
        }
        return want > held.permits() && want > held.want() && !now.isBefore(wantNext);
    }

    /** Returns whether nothing is left to do. */
    private boolean write(Instant now, int want, PermitPlan plan, boolean renew) {
        int rate = Math.min(plan.rate(), held.rate());
        if (isHolder()) {
            // Before the write, so that nobody else has what calls here still use.
            allow(Math.min(plan.permits(), held.permits()), rate, allowance.startBefore());
        }
        int permits = Math.max(plan.permits(), Math.min(held.permits(), pool.inUse(domain)));
        if (!renew && permits == held.permits() && plan.rate() == held.rate() && want <= held.want()) {
            // What is to be given back is in use.
            return true;
        }
        var next = new Holding(permits, plan.rate(), want, limit, now.plus(timing.lease()));
        var write = items.write(id)
                .set(PermitItem.attribute(worker), next.stored())
                .add(PermitItem.FREE, (long) held.permits() - permits)
                .add(PermitItem.FREE_RATE, (long) held.rate() - plan.rate())
                .set(FleetTable.EXPIRES_AT, expiry(now));
        if (permits > held.permits()) {
            write.whenAtLeast(PermitItem.FREE, (long) permits - held.permits());
        }
        if (plan.rate() > held.rate()) {
            write.whenAtLeast(PermitItem.FREE_RATE, (long) plan.rate() - held.rate());
        }
        Result result = apply(whenUnchanged(write));
        if (result.applied()) {
            hold(next, plan.permits(), plan.rate());
            renewNext = now.plus(timing.renewal());
            wantNext = now.plus(WANT_PERIOD);
            return true;
        }
        Holding stored = item.holders().get(worker);
        if (stored == null) {
            hold(Holding.NOTHING, 0, 0);
        } else {
            // Another worker took what was free, or an earlier write of this worker succeeded without a response.
            hold(stored, Math.min(plan.permits(), stored.permits()), Math.min(plan.rate(), stored.rate()));
        }
        return false;
    }

    private Result apply(FleetItems.Write write) {
        isUncertain = true;
        Result result = write.apply();
        isUncertain = false;
        item = PermitItem.read(result.item());
        return result;
    }

    private FleetItems.Write whenUnchanged(FleetItems.Write write) {
        String attribute = PermitItem.attribute(worker);
        return isHolder() ? write.when(attribute, held.stored()) : write.whenAbsent(attribute);
    }

    /** Gives everything back that is not in use. */
    void giveBack() {
        if (!isHolder()) {
            return;
        }
        allow(0, 0, Instant.MIN);
        if (pool.inUse(domain) > 0) {
            // Calls that are still in progress keep their permits until they end, or until the lease does.
            return;
        }
        var _ = apply(whenUnchanged(items.write(id)
                .remove(PermitItem.attribute(worker))
                .add(PermitItem.FREE, held.permits())
                .add(PermitItem.FREE_RATE, held.rate())));
        Holding stored = item.holders().get(worker);
        held = stored == null ? Holding.NOTHING : stored;
    }
}
