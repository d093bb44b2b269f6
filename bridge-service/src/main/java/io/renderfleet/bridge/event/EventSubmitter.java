package io.renderfleet.bridge.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.bridge.broker.RecordSender.NotSentException;
import io.renderfleet.bridge.event.DetectionReader.Detection;
import io.renderfleet.bridge.event.DetectionReader.UnreadableException;
import io.renderfleet.client.AcceptedJob;
import io.renderfleet.client.NoAnswerException;
import io.renderfleet.client.Problem;
import io.renderfleet.client.ProblemException;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Submits one record as an event. The API derives the job's id from the event, so a record that is submitted again does not
 * make another job.
 *
 * <p>Thread-safe.
 */
final class EventSubmitter {
    /** The API refuses the event itself. Every other failure may end without a change of the event. */
    private static final Set<Integer> REFUSED = Set.of(400, 413, 422);

    private final RenderfleetClient api;
    private final DetectionReader reader;
    private final DeadLetters deadLetters;
    private final TaskRecords tasks;
    private final MeterRegistry meters;

    EventSubmitter(
            RenderfleetClient api,
            DetectionReader reader,
            DeadLetters deadLetters,
            TaskRecords tasks,
            MeterRegistry meters) {
        this.api = api;
        this.reader = reader;
        this.deadLetters = deadLetters;
        this.tasks = tasks;
        this.meters = meters;
        // Registered at 0: Prometheus does not count the first value of a series as an increase.
        Arrays.stream(Result.values()).forEach(this::counter);
    }

    /** What became of a record; the tag {@code outcome} of the counter. */
    private enum Result {
        ACCEPTED,
        DEAD_LETTER,
        DEFERRED
    }

    /** The outcome for one record: whether it is finished. */
    sealed interface Outcome {
        /** The record was accepted or is a dead letter. Its offset can be committed. */
        record Finished() implements Outcome {}

        /**
         * The record must be submitted again.
         *
         * @param retryAfter how long the API asks to wait; null if it does not say
         */
        record Deferred(String reason, @Nullable Duration retryAfter) implements Outcome {}
    }

    /** Submits a record, or sends it to the dead-letter topic. */
    Outcome submit(ConsumerRecord<byte[], byte[]> detection) throws InterruptedException {
        try {
            Result result = submitOrRefuse(detection);
            counter(result).increment();
            return new Outcome.Finished();
        } catch (ProblemException e) {
            return deferred(e.getMessage(), e.retryAfter().orElse(null));
        } catch (NoAnswerException | NotSentException e) {
            return deferred(e.getMessage(), null);
        }
    }

    private Outcome deferred(@Nullable String reason, @Nullable Duration retryAfter) {
        counter(Result.DEFERRED).increment();
        return new Outcome.Deferred(String.valueOf(reason), retryAfter);
    }

    private Result submitOrRefuse(ConsumerRecord<byte[], byte[]> detection)
            throws InterruptedException, NotSentException {
        try {
            Detection event = reader.read(detection.value());
            Optional<AcceptedJob> job = api.submitEvent(event.json());
            if (job.isPresent()) {
                tasks.send(job.get().jobId(), event.tree());
            }
            return Result.ACCEPTED;
        } catch (UnreadableException e) {
            deadLetters.send(detection, String.valueOf(e.getMessage()), null);
            return Result.DEAD_LETTER;
        } catch (ProblemException e) {
            if (!REFUSED.contains(e.status())) {
                throw e;
            }
            deadLetters.send(detection, e.problem().toString(), type(e.problem()));
            return Result.DEAD_LETTER;
        }
    }

    private static String type(Problem problem) {
        return problem.type().toString();
    }

    private Counter counter(Result result) {
        return Counter.builder(FleetMetric.BRIDGE_RECORDS.metricName())
                .description(FleetMetric.BRIDGE_RECORDS.description())
                .tag("outcome", result.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }
}
