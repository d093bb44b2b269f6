package io.renderfleet.worker.protection;

import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protection by the ECS agent: on before the first claim, renewed while work runs, off once there has been none for a
 * while, so that ECS takes idle tasks first. One call at a time; who begins work meanwhile waits for its answer.
 */
final class EcsTaskProtection implements TaskProtection, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EcsTaskProtection.class);
    private static final int TRIES = 2;

    /** Some calls to the agent, each of which has a time limit. */
    private static final Duration LONGEST_TURN = Duration.ofMinutes(5);

    /** How long work goes on unprotected before the agent is asked again. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);

    private final EcsAgent agent;
    private final ProtectionSettings settings;
    private final LongSupplier nanos;
    private final long started;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("task-protection").daemon().factory());

    private final AtomicInteger working = new AtomicInteger();
    private volatile Duration idleSince = Duration.ZERO;
    /** Also after a yes that never arrived. */
    private boolean maybeProtected;

    private boolean blocked;
    private boolean failing;
    private Duration askAt = Duration.ZERO;

    /** @param nanos the time, from any start */
    EcsTaskProtection(EcsAgent agent, ProtectionSettings settings, LongSupplier nanos) {
        this.agent = agent;
        this.settings = settings;
        this.nanos = nanos;
        this.started = nanos.getAsLong();
    }

    /** Looks after the protection this often, until it is released or closed. */
    EcsTaskProtection lookEvery(Duration period, LoopHealth health) {
        var _ = timer.scheduleWithFixedDelay(
                () -> turn(period, health), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    /** A scheduled task that throws once never runs again. */
    private void turn(Duration period, LoopHealth health) {
        try {
            health.turn("task-protection", period.plus(LONGEST_TURN));
            check();
        } catch (RuntimeException | Error e) {
            log.error("Unexpected error in the task protection loop; continuing", e);
        }
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
        // First the time: whoever sees no work must see since when.
        idleSince = now();
        working.decrementAndGet();
    }

    @Override
    public synchronized void release() {
        timer.shutdownNow();
        if (maybeProtected) {
            unprotect();
        }
    }

    /** Renews or gives up, whichever is due. */
    synchronized void check() {
        try {
            if (working.get() > 0) {
                if (isDue()) {
                    protect();
                }
            } else if (maybeProtected && now().compareTo(idleSince.plus(settings.idle())) >= 0) {
                unprotect();
            }
        } catch (RuntimeException | Error e) {
            // A scheduled task that throws once never runs again.
            log.error("Task protection was not looked after this time", e);
        }
    }

    private boolean isDue() {
        return now().compareTo(askAt) >= 0;
    }

    private void protect() {
        AgentAnswer answer = agent.protect(settings.duration());
        for (int tries = 1; tries < TRIES && answer instanceof AgentAnswer.Failed; tries++) {
            answer = agent.protect(settings.duration());
        }
        blocked = answer instanceof AgentAnswer.Blocked;
        maybeProtected |= !blocked;
        switch (answer) {
            case AgentAnswer.Changed _ -> {
                // Well before half of it is over, so that a look that comes late is in time.
                askAt = now().plus(settings.duration().multipliedBy(2).dividedBy(5));
                if (failing) {
                    failing = false;
                    log.info("This task is protected again");
                }
            }
            case AgentAnswer.Blocked _ -> {
                askAt = now().plus(settings.blockedPause());
                log.info("A deployment is replacing this task: it takes no new work");
            }
            case AgentAnswer.Failed(String why) -> {
                askAt = now().plus(ASK_AGAIN);
                if (!failing) {
                    failing = true;
                    log.warn("This task could not be protected and works unprotected until it can: {}", why);
                }
            }
        }
    }

    private void unprotect() {
        if (agent.unprotect() instanceof AgentAnswer.Failed(String why)) {
            // It ends by itself; until then ECS takes other tasks first.
            log.info("The protection of this task was not given up: {}", why);
        }
        maybeProtected = false;
        askAt = Duration.ZERO;
    }

    private Duration now() {
        return Duration.ofNanos(nanos.getAsLong() - started);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        agent.close();
    }
}
