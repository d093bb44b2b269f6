package io.renderfleet.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads jobs and waits for their end. Thread-safe. */
final class JobReader {
    private static final int OK = 200;
    private static final Duration POLL = Duration.ofSeconds(1);

    /** The time after which a stream that was refused is tried again, if the API asks for none. */
    private static final Duration REFUSED = Duration.ofSeconds(30);

    private static final String PATTERN = "/jobs/{id}";

    private final Connection connection;
    private final EventReader events;

    /** @param silence a stream on which nothing has arrived for this time is given up */
    JobReader(Connection connection, Duration silence) {
        this.connection = connection;
        // Without retries, because the job is read in the meantime.
        RetryPolicy retries = connection.options().retries();
        this.events = new EventReader(
                connection.with(connection.options().withRetries(retries.within(1, retries.deadline()))), silence);
    }

    Job job(String jobId) throws InterruptedException {
        return Responses.read(read(jobId, connection.options().retries().deadline()), Job.class);
    }

    private HttpResponse<String> read(String jobId, Duration limit) throws InterruptedException {
        Exchange exchange = connection.exchange("GET", PATTERN, limit);
        return exchange.call(() -> connection.send(exchange, connection.request(path(jobId)), OK));
    }

    private static String path(String jobId) {
        return "/jobs/" + Connection.encoded(jobId);
    }

    /**
     * Reads the job, follows its stream until that ends, and reads the job again, until it is over. Where there is no
     * stream, the job is read at the interval that the API asks for.
     */
    Job awaitEnd(String jobId, Duration limit, Consumer<? super Job> listener) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Duration readLimit = connection.options().retries().deadline();
        Streaming streaming = new Streaming();
        while (true) {
            long nanos = Math.max(
                    deadline - System.nanoTime(),
                    connection.options().requestTimeout().toNanos());
            HttpResponse<String> answer = read(jobId, Duration.ofNanos(Math.min(nanos, readLimit.toNanos())));
            Job job = Responses.read(answer, Job.class);
            listener.accept(job);
            if (job.status().isTerminal()) {
                return job;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new JobTimeoutException(job, limit);
            }
            Duration poll = Objects.requireNonNullElse(Responses.retryAfter(answer), POLL);
            Duration pause = streaming.isDue() ? streaming.follow(job, deadline, poll, listener) : poll;
            // The last pause is shorter, so that the job is read once more at the end of the limit.
            TimeUnit.NANOSECONDS.sleep(Math.min(Math.max(0, deadline - System.nanoTime()), pause.toNanos()));
        }
    }

    /** The stream of one job, over all of its connections. */
    private final class Streaming {
        private @Nullable String lastEventId;
        private int failures;
        private long due = System.nanoTime();

        boolean isDue() {
            return System.nanoTime() - due >= 0;
        }

        /**
         * Follows the stream until it ends.
         *
         * @param poll the pause between two reads of the job while there is no stream
         * @return the pause before the job is read again
         */
        Duration follow(Job known, long deadline, Duration poll, Consumer<? super Job> listener)
                throws InterruptedException {
            AtomicReference<Job> latest = new AtomicReference<>(known);
            Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            RetryPolicy retries = connection.options().retries();
            try {
                EventReader.Reading reading =
                        events.read(PATTERN + "/events", path(known.jobId()) + "/events", lastEventId, left, event -> {
                            Job next = merged(latest.get(), event);
                            if (next.status().isTerminal()) {
                                return false;
                            }
                            latest.set(next);
                            listener.accept(next);
                            return true;
                        });
                lastEventId = reading.lastEventId();
                boolean interrupted = reading.end() == EventReader.End.INTERRUPTED;
                failures = interrupted && reading.hadEvents() ? 1 : failures + 1;
                if (!interrupted && failures == 1) {
                    return Duration.ZERO;
                }
            } catch (ProblemException e) {
                due = System.nanoTime() + e.retryAfter().orElse(REFUSED).toNanos();
                return poll;
            } catch (NoAnswerException e) {
                failures++;
            }
            return retries.pause(failures, null, ThreadLocalRandom.current());
        }
    }

    /** The job with the state of an event, which has some of its fields. An event that cannot be read changes nothing. */
    private static Job merged(Job job, LiveEvent event) {
        try {
            JsonNode state = Json.MAPPER.readTree(event.data());
            if (!(state instanceof ObjectNode fields)
                    || !job.jobId().equals(state.path("jobId").asText())) {
                return job;
            }
            ObjectNode merged = Json.MAPPER.valueToTree(job);
            merged.setAll(fields);
            return Json.MAPPER.treeToValue(merged, Job.class);
        } catch (JsonProcessingException e) {
            return job;
        }
    }
}
