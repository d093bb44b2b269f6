package io.renderfleet.bridge.event;

import io.renderfleet.bridge.event.EventSubmitter.Outcome;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.BatchAcknowledgingMessageListener;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Submits the records of a batch at the same time, and commits the offsets of those before the first unfinished one. The
 * unfinished ones are delivered again after a pause, in which the consumer polls its paused partitions, so that it keeps
 * them. No record is left out.
 *
 * <p>The pause is {@link Acknowledgment#nack}, and not an error handler of Spring Kafka: those retry a batch in memory,
 * also records of partitions that another consumer has taken over (spring-kafka 2340, 4545).
 *
 * <p>Confined to the thread of one consumer.
 */
final class EventBatches implements BatchAcknowledgingMessageListener<byte[], byte[]>, AutoCloseable {
    /** Longer than a request to the API and a dead letter take, shorter than {@code max.poll.interval.ms} of 5 min. */
    private static final Duration MAX_BATCH = Duration.ofMinutes(4);

    /** Above this number, finished records are forgotten; they are submitted again, which does no harm. */
    private static final int MAX_REMEMBERED = 10_000;

    private static final String LOOP = "kafka-events";
    private static final Logger log = LoggerFactory.getLogger(EventBatches.class);

    private final EventSubmitter submitter;
    private final LoopHealth health;
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("event-", 0).factory());

    /**
     * The finished records behind an unfinished one, which are delivered again with it. Without them, a user's limit of
     * submissions would be used up by repeated ones.
     */
    private final Set<Position> finished = new HashSet<>();

    EventBatches(EventSubmitter submitter, LoopHealth health) {
        this.submitter = submitter;
        this.health = health;
    }

    private record Position(String topic, int partition, long offset) {
        static Position of(ConsumerRecord<?, ?> detection) {
            return new Position(detection.topic(), detection.partition(), detection.offset());
        }
    }

    @Override
    public void onMessage(List<ConsumerRecord<byte[], byte[]>> batch, @Nullable Acknowledgment offsets) {
        if (offsets == null) {
            throw new IllegalStateException("The container must use manual acknowledgements.");
        }
        health.turn(LOOP, MAX_BATCH.multipliedBy(2));
        try {
            settle(batch, outcomes(batch), offsets);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            offsets.nack(0, backoff.next(null));
        } catch (RuntimeException e) {
            log.error("Unexpected error in a batch of {} records; delivering it again", batch.size(), e);
            offsets.nack(0, backoff.next(null));
        } finally {
            health.ended(LOOP);
        }
    }

    private List<Outcome> outcomes(List<ConsumerRecord<byte[], byte[]>> batch) throws InterruptedException {
        List<Future<Outcome>> calls = threads.invokeAll(
                batch.stream()
                        .map(detection -> (Callable<Outcome>) () -> finished.contains(Position.of(detection))
                                ? new Outcome.Finished()
                                : submitter.submit(detection))
                        .toList(),
                MAX_BATCH.toMillis(),
                TimeUnit.MILLISECONDS);
        List<Outcome> outcomes = new ArrayList<>(batch.size());
        for (Future<Outcome> call : calls) {
            try {
                outcomes.add(call.get());
            } catch (CancellationException e) {
                outcomes.add(new Outcome.Deferred("not finished within " + MAX_BATCH, null));
            } catch (ExecutionException e) {
                log.error("Unexpected error in the submission of a record; it is submitted again", e.getCause());
                outcomes.add(new Outcome.Deferred(String.valueOf(e.getCause()), null));
            }
        }
        return outcomes;
    }

    private void settle(List<ConsumerRecord<byte[], byte[]>> batch, List<Outcome> outcomes, Acknowledgment offsets) {
        int first = -1;
        Duration retryAfter = null;
        int deferred = 0;
        String reason = "";
        for (int index = 0; index < batch.size(); index++) {
            Position position = Position.of(batch.get(index));
            if (outcomes.get(index) instanceof Outcome.Deferred unfinished) {
                deferred++;
                if (first < 0) {
                    first = index;
                    reason = unfinished.reason();
                }
                if (retryAfter == null
                        || (unfinished.retryAfter() != null
                                && unfinished.retryAfter().compareTo(retryAfter) > 0)) {
                    retryAfter = unfinished.retryAfter();
                }
            } else if (first < 0) {
                finished.remove(position);
            } else if (finished.size() < MAX_REMEMBERED) {
                finished.add(position);
            } else {
                finished.clear();
            }
        }
        if (first < 0) {
            offsets.acknowledge();
            if (backoff.failures() > 0) {
                log.info("Records are submitted again");
                backoff.reset();
            }
            return;
        }
        Duration pause = backoff.next(retryAfter);
        if (backoff.failures() == 1) {
            log.warn(
                    "{} of {} records could not be submitted; no record is left out. Submitting them again in {} ms, and"
                            + " then with pauses of up to 30 s. The first one failed with: {}",
                    deferred,
                    batch.size(),
                    pause.toMillis(),
                    reason);
        }
        offsets.nack(first, pause);
    }

    /** Interrupts submissions in progress, whose offsets are not committed. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
