package io.renderfleet.worker.execution;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.Lane;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.worker.LocalFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker sends the completion event of a job that it ended, with a short result, and records that. */
@ExtendWith(LocalFleet.Extension.class)
class CompletionEventTests {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofSeconds(60);

    private final LocalFleet fleet;
    private final JobStore store;
    private final JobQueue queue;

    CompletionEventTests(LocalFleet fleet) throws Exception {
        this.fleet = fleet;
        this.store = fleet.jobsWithEvents(Clock.systemUTC());
        this.queue = fleet.emptyQueue(TestWorker.REGION, Lane.NORMAL);
    }

    /** Writes this text as the job's result; a text that begins with "reject" rejects the job. */
    private record Writing(String text, String contentType) implements JobRunner {
        @Override
        public JobTypeName type() {
            return new JobTypeName("render");
        }

        @Override
        public JobOutput run(JobPayload payload, JobAttempt attempt) throws Exception {
            if (text.startsWith("reject")) {
                throw new JobRejectedException(new JobError("rejected", "It can never succeed."));
            }
            Path file = Files.writeString(attempt.scratch().resolve("answer"), text);
            return new JobOutput(file, "json", contentType);
        }
    }

    private JobId run(JobRunner runner, JobBuilder job) throws InterruptedException {
        TestWorker worker = new TestWorker("worker-1", fleet, store, queue, runner, Clock.systemUTC(), LEASE);
        JobId id = worker.submit(job.createdAt(Clock.systemUTC().instant()));
        worker.executeNext();
        return id;
    }

    /** The events of a job, once it has left the index of open jobs. */
    private List<CompletionEvent> events(JobId id) {
        await().atMost(LIMIT).until(() -> !fleet.isOpen(id));
        CompletionQueue completions = fleet.completions();
        List<CompletionEvent> events = new ArrayList<>();
        for (var batch = receive(completions); !batch.isEmpty(); batch = receive(completions)) {
            batch.forEach(
                    message -> events.add(CompletionEvent.of(message.body()).orElseThrow()));
            completions.deleteAll(batch);
        }
        return events.stream().filter(event -> event.jobId().equals(id)).toList();
    }

    private static List<CompletionQueue.Received> receive(CompletionQueue completions) {
        return completions.receive(Duration.ZERO, Duration.ofSeconds(30)).await();
    }

    @Test
    void aShortResultIsPartOfTheEvent() throws Exception {
        JobId id =
                run(new Writing("{\"tasks\": [{\"risk\": \"high\"}]}", "application/json"), aJob().notifying("live"));

        assertThat(events(id)).singleElement().satisfies(event -> {
            assertThat(event.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(event.source()).isEqualTo(Map.of("cameraId", "camera-1"));
            assertThat(event.sinks()).containsExactly("live");
            assertThat(event.attempts()).isOne();
            assertThat(String.valueOf(event.result())).isEqualTo("{\"tasks\":[{\"risk\":\"high\"}]}");
        });
    }

    @Test
    void aResultThatIsLargeOrDeepOrNoJsonIsLeftOut() throws Exception {
        for (JobRunner runner : List.of(
                new Writing("\"" + "x".repeat(CompletionEvent.MAX_RESULT_BYTES) + "\"", "application/json"),
                new Writing("[".repeat(5000) + "]".repeat(5000), "application/json"),
                new Writing("[".repeat(101) + "]".repeat(101), "application/json"),
                new Writing("{\"a\": 1} and more", "application/json"),
                new Writing("{\"a\": 1}", "text/plain"))) {
            JobId id = run(runner, aJob().notifying("live"));

            assertThat(events(id))
                    .singleElement()
                    .satisfies(event -> assertThat(event.result()).isNull());
        }
    }

    @Test
    void aFailedJobHasAnEventWithItsError() throws Exception {
        JobId id = run(new Writing("reject", ""), aJob().notifying("live", "alerts"));

        assertThat(events(id)).singleElement().satisfies(event -> {
            assertThat(event.status()).isEqualTo(JobStatus.FAILED);
            assertThat(event.error()).isEqualTo(new JobError("rejected", "It can never succeed."));
        });
    }

    @Test
    void aJobThatWantsNoneHasNoEvent() throws Exception {
        JobId id = run(new Writing("{}", "application/json"), aJob());

        assertThat(events(id)).isEmpty();
    }
}
