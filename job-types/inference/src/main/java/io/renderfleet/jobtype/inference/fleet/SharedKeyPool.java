package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.keys.Demand;
import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.Transition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key pool that all workers share. Over all workers, the calls in progress of a quota domain never exceed its
 * concurrency, its rates are shared by the workers that use it, and what one worker learns about keys, the others know
 * within a second.
 *
 * <p>Calls take keys from {@link #keys} without I/O; {@link #turn} exchanges permits and states with the fleet table. While
 * the table is unreachable, a worker goes on until the lease of its permits ends, and then has no capacity.
 *
 * <p>Thread-safe, but only one thread calls {@link #turn}.
 */
public final class SharedKeyPool {
    private static final Logger log = LoggerFactory.getLogger(SharedKeyPool.class);

    /** A worker that may test a domain and has no call for it lets another one do so. */
    private static final Duration PROBE_START = Duration.ofSeconds(2);

    private final String name;
    private final KeyPool keys;
    private final String worker;
    private final Timing timing;
    private final InstantSource clock;
    private final SharedStates states;
    private final Map<DomainName, DomainPermits> permits = new LinkedHashMap<>();
    private final Map<DomainName, Instant> probes = new HashMap<>();
    private final List<Transition> unwritten = new ArrayList<>();
    private Instant lastRead = Instant.MIN;
    private boolean isFailing;
    /** The domain with which the next turn begins. */
    private int first;

    private volatile boolean isClosed;

    /**
     * @param worker the id of this process, unique among all of the deployment
     * @param keys the keys; this object decides what they may use from now on
     */
    SharedKeyPool(
            String name,
            KeyPoolSettings settings,
            KeyPool keys,
            FleetItems items,
            String worker,
            Timing timing,
            InstantSource clock) {
        this.name = name;
        this.keys = keys;
        this.worker = worker;
        this.timing = timing;
        this.clock = clock;
        this.states = new SharedStates(items, name);
        keys.shareProbes();
        settings.domains()
                .forEach((domain, limits) -> permits.put(
                        domain,
                        new DomainPermits(items, keys, name, domain, limits.concurrency(), worker, timing, clock)));
    }

    public String name() {
        return name;
    }

    /** The keys for calls. */
    public KeyPool keys() {
        return keys;
    }

    SharedStates states() {
        return states;
    }

    /** The permits of a domain that this worker has for calls; 0 once its lease is over. */
    int permits(DomainName domain) {
        DomainPermits held = Objects.requireNonNull(permits.get(domain));
        return held.isAllowed() ? held.permits() : 0;
    }

    /**
     * Does what is due: renews, takes and gives back permits, writes what was learnt here and reads what was learnt
     * elsewhere. Called a few times a second. Nothing is thrown. After an error of a domain, the other domains are left to
     * the next turn, which begins with another one, because every call takes long while the table does not respond.
     *
     * @return whether there was no error
     */
    boolean turn() {
        if (isClosed) {
            return true;
        }
        Map<DomainName, Demand> demands = keys.takeDemand();
        permits.forEach((domain, held) -> held.observe(demands.getOrDefault(domain, Demand.NONE)));
        // States first, so that a worker that starts knows them before it has its first permit.
        boolean exchanged = attempt(this::exchange);
        boolean renewed = true;
        List<DomainPermits> domains = List.copyOf(permits.values());
        for (int i = 0; i < domains.size() && renewed; i++) {
            renewed = attempt(domains.get(Math.floorMod(first++, domains.size()))::turn);
        }
        boolean failed = !exchanged || !renewed || !attempt(() -> demands.forEach(this::probe));
        if (!failed && isFailing) {
            log.info("The key pool {} reaches the fleet table again", name);
        }
        isFailing = failed;
        return !failed;
    }

    private boolean attempt(Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException e) {
            if (!isFailing) {
                isFailing = true;
                log.warn(
                        "The key pool {} cannot use the fleet table; trying again. Its permits are valid until their leases"
                                + " end. Check the network and the rights of the worker",
                        name,
                        e);
            }
            return false;
        }
    }

    private void exchange() {
        Instant now = clock.instant();
        if (unwritten.isEmpty()) {
            // Until these are written, the pool keeps the latest of each kind, so that nothing grows.
            unwritten.addAll(keys.drainTransitions());
        }
        for (int i = unwritten.size(); i > 0; i--) {
            // One that cannot be written is tried again after the others.
            Transition seen = unwritten.removeFirst();
            unwritten.addLast(seen);
            states.write(seen);
            unwritten.removeLast();
        }
        if (!now.isBefore(lastRead.plus(isUsed(now) ? timing.read() : timing.idleRead()))) {
            states.refresh();
            keys.merge(states.transitions());
            lastRead = now;
        }
    }

    private boolean isUsed(Instant now) {
        return permits.values().stream()
                .anyMatch(held -> held.lastNeeded().plus(timing.idle()).isAfter(now));
    }

    /** Claims the test of a domain when a call here waits for it, and releases it if no call uses it in time. */
    private void probe(DomainName domain, Demand demand) {
        Instant now = clock.instant();
        if (demand.wantsProbe()) {
            Instant startBefore = now.plus(PROBE_START);
            Instant end = startBefore.plus(timing.longestCall()).plus(timing.margin());
            if (states.claimProbe(domain, worker, now, end)) {
                probes.put(domain, startBefore);
                keys.grantProbe(domain, startBefore);
            }
        } else {
            Instant startBefore = probes.get(domain);
            if (startBefore != null && startBefore.isBefore(now) && demand.inUse() == 0) {
                probes.remove(domain);
                states.releaseProbe(domain, worker);
            }
        }
    }

    /**
     * Gives the permits back once the calls have ended. No call begins any more.
     *
     * @param atMost how long to wait for calls in progress; the lease returns what they still use then
     */
    void close(Duration atMost) throws InterruptedException {
        isClosed = true;
        long end = System.nanoTime() + atMost.toNanos();
        boolean inUse = true;
        while (inUse) {
            inUse = false;
            for (Map.Entry<DomainName, DomainPermits> domain : permits.entrySet()) {
                attempt(domain.getValue()::giveBack);
                inUse |= keys.inUse(domain.getKey()) > 0;
            }
            if (inUse && System.nanoTime() - end > 0) {
                return;
            }
            if (inUse) {
                Thread.sleep(50);
            }
        }
    }
}
