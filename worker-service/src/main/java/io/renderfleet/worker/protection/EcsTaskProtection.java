package io.renderfleet.worker.protection;

import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protects the task through the ECS agent: before the first claim, with renewals while jobs run, until there has been
 * no job for a configured time, so that ECS stops idle tasks first. Makes one call at a time; {@link #begin} waits for
 * a call in progress.
 *
 * <p>Thread-safe.
 */
final class EcsTaskProtection implements TaskProtection, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EcsTaskProtection.class);
    private static final String NAME = "task-protection";
    private static final int TRIES = 2;

    /** The time after which the loop counts as stuck: several calls to the agent, each with its own timeout. */
    private static final Duration LONGEST_TURN = Duration.ofMinutes(5);

    /** How long to wait after a failed call before the next try. Jobs run unprotected meanwhile. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);

    private final EcsAgent agent;
    private final ProtectionSettings settings;
    private final LongSupplier nanos;
    private final long started;
    /** Null unless {@link #checkEvery} was called. */
    private volatile @Nullable LoopTimer timer;

    private final AtomicInteger working = new AtomicInteger();
    private volatile Duration idleSince = Duration.ZERO;
    /** Also true after a failed call, which may have taken effect. */
    private boolean maybeProtected;

    private boolean blocked;
    private boolean failing;
    private Duration askAt = Duration.ZERO;

    /** @param nanos the clock, in nanoseconds from an arbitrary origin */
    EcsTaskProtection(EcsAgent agent, ProtectionSettings settings, LongSupplier nanos) {
        this.agent = agent;
        this.settings = settings;
        this.nanos = nanos;
        this.started = nanos.getAsLong();
    }

    /** Calls {@link #check} with the given period, until the protection is released or closed. */
    EcsTaskProtection checkEvery(Duration period, LoopHealth health) {
        LoopTimer started = new LoopTimer(NAME, health);
        started.every(NAME, period, period, LONGEST_TURN, this::check);
        timer = started;
        return this;
    }

    @Override
    public synchronized Duration begin() {
        if (isDue()) {
            protect();
        }
        if (blocked) {
            return settings.blockedPause();
        }
        working.incrementAndGet();
        return Duration.ZERO;
    }

    @Override
    public void end() {
        // Written first, so that a thread that reads a count of zero also reads the time of this end.
        idleSince = now();
        working.decrementAndGet();
    }

    @Override
    public synchronized void release() {
        stopTimer();
        if (maybeProtected) {
            unprotect();
        }
    }

    /** Renews or removes the protection if that is due. */
    synchronized void check() {
        if (working.get() > 0) {
            if (isDue()) {
                protect();
            }
        } else if (maybeProtected && now().compareTo(idleSince.plus(settings.idle())) >= 0) {
            unprotect();
        }
    }

    private boolean isDue() {
        return now().compareTo(askAt) >= 0;
    }

    private void protect() {
        AgentResponse response = agent.protect(settings.duration());
        for (int tries = 1; tries < TRIES && response instanceof AgentResponse.Failed; tries++) {
            response = agent.protect(settings.duration());
        }
        blocked = response instanceof AgentResponse.Blocked;
        maybeProtected |= !blocked;
        switch (response) {
            case AgentResponse.Changed _ -> {
                // Well before half of the duration has passed, so that a late check is still in time.
                askAt = now().plus(settings.duration().multipliedBy(2).dividedBy(5));
                if (failing) {
                    failing = false;
                    log.info("This task is protected again");
                }
            }
            case AgentResponse.Blocked _ -> {
                askAt = now().plus(settings.blockedPause());
                log.info("A deployment is replacing this task; receiving no new jobs for {}", settings.blockedPause());
            }
            case AgentResponse.Failed(String why) -> {
                askAt = now().plus(ASK_AGAIN);
                if (!failing) {
                    failing = true;
                    log.warn(
                            "Could not protect this task. A scale-in or a deployment may stop it while it runs jobs,"
                                    + " which are then run again. Trying again every {}: {}",
                            ASK_AGAIN,
                            why);
                }
            }
        }
    }

    private void unprotect() {
        if (agent.unprotect() instanceof AgentResponse.Failed(String why)) {
            log.info(
                    "Could not remove the protection of this task; it expires within {}: {}", settings.duration(), why);
        }
        maybeProtected = false;
        askAt = Duration.ZERO;
    }

    private Duration now() {
        return Duration.ofNanos(nanos.getAsLong() - started);
    }

    @Override
    public void close() {
        stopTimer();
        agent.close();
    }

    private void stopTimer() {
        LoopTimer running = timer;
        timer = null;
        if (running != null) {
            running.stop(Duration.ZERO);
        }
    }
}
