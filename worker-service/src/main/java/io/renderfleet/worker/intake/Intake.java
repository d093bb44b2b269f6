package io.renderfleet.worker.intake;

import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.worker.execution.JobExecution;
import io.renderfleet.worker.execution.WorkerSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final Duration HAND_BACK = Duration.ofSeconds(15);
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final JobQueue queue;
    private final JobExecution execution;
    private final WorkerSettings settings;
    private final int slotCount;
    private final Semaphore slots;
    private final Thread poller;
    /** Jobs compute; a virtual thread that does would keep the heartbeats and the polls off its core. */
    private final ExecutorService work =
            Executors.newCachedThreadPool(Thread.ofPlatform().name("slot-", 0).factory());

    private final AtomicInteger busy = new AtomicInteger();
    private boolean failing;
    private volatile boolean running;
    private volatile boolean abandoned;
    private volatile JobQueue.@Nullable Poll poll;

    Intake(JobQueue queue, JobExecution execution, WorkerSettings settings) {
        this.queue = queue;
        this.execution = execution;
        this.settings = settings;
        this.slotCount = settings.slotCount();
        this.slots = new Semaphore(slotCount);
        this.poller = Thread.ofVirtual().name("intake-" + queue.name()).unstarted(this::pollUntilStopped);
    }

    /** Slots that have a message in hand; those that the open poll keeps free are not among them. */
    int busySlots() {
        return busy.get();
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
        if (!running) {
            // The wait for a slot may have been longer than the worker's life: no poll to hold its stop up.
            slots.release();
            return;
        }
        int free = 1;
        while (free < JobQueue.MAX_BATCH && slots.tryAcquire()) {
            free++;
        }
        int used = 0;
        try {
            List<Delivery> deliveries = receive(free);
            for (Delivery delivery : deliveries) {
                if (running) {
                    work.execute(() -> occupySlot(delivery));
                    used++;
                } else {
                    // An abandoned poll could hide a message for a whole lease; what comes late goes back at once.
                    execution.refuse(queue, delivery);
                }
            }
            recovered();
        } catch (RuntimeException | Error e) {
            // Errors too: without its poller a worker would look alive and do nothing.
            failed(e);
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
        } finally {
            slots.release(free - used);
        }
    }

    private void occupySlot(Delivery delivery) {
        busy.incrementAndGet();
        try {
            execution.execute(queue, delivery);
        } finally {
            busy.decrementAndGet();
            slots.release();
        }
    }

    /** One line when a queue goes and one when it is back, however long it is away. */
    private void failed(Throwable failure) {
        if (!failing) {
            failing = true;
            log.warn("Polling {} failed, trying until it works: {}", queue.name(), failure.toString());
        }
    }

    private void recovered() {
        if (failing) {
            failing = false;
            log.info("Polling {} works again", queue.name());
        }
    }

    private List<Delivery> receive(int max) {
        try (JobQueue.Poll receiving = queue.receive(max, LONG_POLL, settings.visibility())) {
            poll = receiving;
            if (abandoned) {
                return List.of();
            }
            return receiving.await();
        } finally {
            poll = null;
        }
    }

    @Override
    public void stop() {
        running = false;
        long deadline = System.nanoTime() + settings.grace().toNanos();
        try {
            if (!poller.join(settings.grace())) {
                abandonPoll();
            }
            if (!slots.tryAcquire(slotCount, deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                if (busySlots() > 0) {
                    log.info("Handing back {} jobs that did not finish in {}", busySlots(), settings.grace());
                }
                execution.interruptAll();
                slots.tryAcquire(slotCount, HAND_BACK.toMillis(), TimeUnit.MILLISECONDS);
            }
            execution.awaitAcknowledgements(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller.interrupt();
        work.shutdownNow();
    }

    private void abandonPoll() {
        abandoned = true;
        JobQueue.Poll open = poll;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
