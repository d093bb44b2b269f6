package io.renderfleet.bridge.result;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.bridge.broker.BrokerCheck;
import io.renderfleet.bridge.broker.RecordSender.NotSentException;
import io.renderfleet.client.ClientException;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.CompletionQueue.Received;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Receives completion events from the bridge's queue and sends them to Kafka, up to 100 at a time. A message is deleted only
 * after the brokers have stored its record, so each event arrives at least once. An event that could not be sent is sent
 * again after a pause, which grows from 15 s to 15 min. While Kafka cannot be used, no message is received, so that an
 * outage does not make dead letters.
 */
final class ResultIntake implements SmartLifecycle {
    /** Longer than it takes to read a result and to send a record. */
    private static final Duration VISIBILITY = Duration.ofMinutes(4);

    /** The batches of up to 10 messages that are handled at a time. */
    private static final int MAX_BATCHES = 10;

    /** When an event that was not sent is received again: after 15 s, 1 min, 4 min and 15 min. */
    private static final Duration FIRST_RETRY = Duration.ofSeconds(15);

    private static final Duration LONGEST_RETRY = Duration.ofMinutes(15);
    private static final int MAX_DOUBLINGS = 6;

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
    private static final Duration LONGEST_TURN = Duration.ofMinutes(2);
    /** A stop waits for the open poll: the messages of one that is given up stay hidden until {@link #VISIBILITY} is over. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(9);

    private static final String LOOP = "kafka-results";
    private static final Logger log = LoggerFactory.getLogger(ResultIntake.class);

    private final CompletionQueue queue;
    private final Duration longPoll;
    private final ResultSender sender;
    private final BrokerCheck brokers;
    private final MeterRegistry meters;
    private final LoopHealth health;
    private final Semaphore slots = new Semaphore(MAX_BATCHES);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("result-", 0).factory());

    private volatile boolean stopping;
    private volatile boolean failing;
    private volatile @Nullable Thread thread;

    ResultIntake(
            CompletionQueue queue,
            Duration longPoll,
            ResultSender sender,
            BrokerCheck brokers,
            MeterRegistry meters,
            LoopHealth health) {
        this.queue = queue;
        this.longPoll = longPoll;
        this.sender = sender;
        this.brokers = brokers;
        this.meters = meters;
        this.health = health;
        // Registered at 0: Prometheus does not count the first value of a series as an increase.
        Arrays.stream(Result.values()).forEach(this::counter);
    }

    /** What became of an event; the tag {@code outcome} of the counter. */
    private enum Result {
        SENT,
        FAILED,
        UNREADABLE
    }

    @Override
    public void start() {
        thread = Thread.ofVirtual().name(LOOP).start(this::run);
    }

    private void run() {
        try {
            while (!stopping) {
                health.turn(LOOP, LONGEST_TURN);
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            health.ended(LOOP);
        }
    }

    private void turn() throws InterruptedException {
        if (!brokers.isUsable()) {
            Thread.sleep(PAUSE);
            return;
        }
        if (failing) {
            failing = false;
            Thread.sleep(PAUSE_AFTER_FAILURE);
            return;
        }
        if (!slots.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        boolean handedOver = false;
        try {
            List<Received> batch = queue.receive(longPoll, VISIBILITY).await();
            if (!batch.isEmpty()) {
                var _ = threads.submit(() -> handle(batch));
                handedOver = true;
            }
        } catch (QueueUnavailableException e) {
            log.warn("Could not receive events from {}; trying again: {}", queue.name(), e.getMessage());
            failing = true;
        } catch (RuntimeException e) {
            log.error("Unexpected error in the loop of {}; continuing", LOOP, e);
            failing = true;
        } finally {
            if (!handedOver) {
                slots.release();
            }
        }
    }

    private void handle(List<Received> batch) {
        try {
            List<Callable<Boolean>> tasks = batch.stream()
                    .map(message -> (Callable<Boolean>) () -> isSent(message))
                    .toList();
            List<Received> sent = new ArrayList<>();
            List<Received> kept = new ArrayList<>();
            List<Future<Boolean>> results = threads.invokeAll(tasks, VISIBILITY.toSeconds(), TimeUnit.SECONDS);
            for (int index = 0; index < results.size(); index++) {
                (isTrue(results.get(index)) ? sent : kept).add(batch.get(index));
            }
            settle(sent, kept);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            slots.release();
        }
    }

    private boolean isTrue(Future<Boolean> result) {
        if (result.state() == Future.State.FAILED) {
            log.error("Unexpected error in sending an event; it is sent again", result.exceptionNow());
            failing = true;
        }
        return result.state() == Future.State.SUCCESS && result.resultNow();
    }

    private void settle(List<Received> sent, List<Received> kept) {
        try {
            queue.deleteAll(sent);
        } catch (QueueUnavailableException e) {
            log.warn(
                    "Events were sent, but could not be deleted from {}; they are sent again: {}",
                    queue.name(),
                    e.getMessage());
        }
        try {
            queue.hideAll(kept, message -> pause(message.receiveCount()));
        } catch (QueueUnavailableException e) {
            log.warn(
                    "Events that were not sent stay hidden in {} for up to {} min: {}",
                    queue.name(),
                    VISIBILITY.toMinutes(),
                    e.getMessage());
        }
    }

    /** The first is short, for outages of seconds. All together take 20 minutes, so that longer ones make no dead letters. */
    private static Duration pause(int receipts) {
        Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(2 * (receipts - 1), MAX_DOUBLINGS));
        return pause.compareTo(LONGEST_RETRY) < 0 ? pause : LONGEST_RETRY;
    }

    /** Whether the message can be deleted. */
    private boolean isSent(Received message) throws InterruptedException {
        Optional<CompletionEvent> event = CompletionEvent.of(message.body());
        if (event.isEmpty()) {
            counter(Result.UNREADABLE).increment();
            log.warn(
                    "Message {} of {} is not a completion event that this version can read; leaving it for the dead-letter"
                            + " queue",
                    message.messageId(),
                    queue.name());
            return false;
        }
        try {
            sender.send(event.get(), message.body(), message.receiveCount());
            counter(Result.SENT).increment();
            return true;
        } catch (NotSentException | ClientException e) {
            counter(Result.FAILED).increment();
            log.warn("The event of job {} is sent again later: {}", event.get().jobId(), e.getMessage());
            failing = true;
            return false;
        }
    }

    private Counter counter(Result result) {
        return Counter.builder(FleetMetric.BRIDGE_RESULTS.metricName())
                .description(FleetMetric.BRIDGE_RESULTS.description())
                .tag("outcome", result.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    @Override
    public void stop() {
        stopping = true;
        try {
            // The open poll has a slot, too.
            if (!slots.tryAcquire(MAX_BATCHES, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("Events were still being sent after {}; they are sent again", STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Thread loop = thread;
        if (loop != null) {
            loop.interrupt();
        }
        threads.shutdownNow();
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
