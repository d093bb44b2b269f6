package io.renderfleet.worker.intake;

import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.worker.execution.JobExecution;
import io.renderfleet.worker.execution.WorkerSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Polls one queue for as many messages as there are free slots, and gives each a slot. No message waits inside the
 * worker: what is received is claimed at once.
 *
 * <p>Stopping takes nothing new, gives what runs the grace period to finish, and then has it handed back.
 */
final class Intake implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Intake.class);
    private static final Duration LONG_POLL = Duration.ofSeconds(20);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration HAND_BACK = Duration.ofSeconds(20);

    private final JobQueue queue;
    private final JobExecution execution;
    private final WorkerSettings settings;
    private final int slotCount;
    private final Semaphore slots;
    private final Clock clock;
    private final Thread poller;
    private final ExecutorService work = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("slot-", 0).factory());
    private volatile boolean running;
    private volatile JobQueue.@Nullable Poll poll;

    Intake(JobQueue queue, JobExecution execution, WorkerSettings settings, Clock clock) {
        this.queue = queue;
        this.execution = execution;
        this.settings = settings;
        this.slotCount = settings.slotCount();
        this.slots = new Semaphore(slotCount);
        this.clock = clock;
        this.poller = Thread.ofVirtual().name("intake-" + queue.name()).unstarted(this::pollUntilStopped);
    }

    int busySlots() {
        return slotCount - slots.availablePermits();
    }

    @Override
    public void start() {
        log.info("Polling {} with {} slots", queue.name(), slotCount);
        running = true;
        poller.start();
    }

    private void pollUntilStopped() {
        try {
            while (running) {
                takeSome();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeSome() throws InterruptedException {
        slots.acquire();
        int free = 1;
        while (free < JobQueue.MAX_BATCH && slots.tryAcquire()) {
            free++;
        }
        int used = 0;
        try {
            List<Delivery> deliveries = receive(free);
            for (Delivery delivery : deliveries) {
                if (!running) {
                    refuse(delivery);
                    continue;
                }
                work.execute(() -> {
                    try {
                        execution.execute(queue, delivery);
                    } finally {
                        slots.release();
                    }
                });
                used++;
            }
        } catch (RuntimeException e) {
            log.warn("Polling {} failed, trying again: {}", queue.name(), e.toString());
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
        } finally {
            slots.release(free - used);
        }
    }

    private List<Delivery> receive(int max) {
        try (JobQueue.Poll receiving = queue.receive(max, LONG_POLL, settings.visibility())) {
            poll = receiving;
            return receiving.await();
        } finally {
            poll = null;
        }
    }

    /** What a poll brings after the stop goes back at once; an abandoned poll could hide a message for a whole lease. */
    private void refuse(Delivery delivery) {
        var _ = queue.extend(delivery, Duration.ZERO);
    }

    @Override
    public void stop() {
        running = false;
        Instant deadline = clock.instant().plus(settings.grace());
        try {
            poller.join(settings.grace());
            JobQueue.Poll open = poll;
            if (open != null) {
                open.close();
            }
            Duration left = Duration.between(clock.instant(), deadline);
            if (!slots.tryAcquire(slotCount, left.toMillis(), TimeUnit.MILLISECONDS)) {
                log.info("Handing back {} jobs that did not finish in {}", busySlots(), settings.grace());
                execution.interruptAll();
                slots.tryAcquire(slotCount, HAND_BACK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller.interrupt();
        work.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
