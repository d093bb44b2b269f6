package io.renderfleet.chaos;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.job.WorkerId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A job as it might be found in the end. Times are in seconds of one day. */
final class StoredJob {
    private static final RegionId REGION = new RegionId("us-east-1");

    private final JobId id = JobId.random();
    private final List<Attempt> attempts = new ArrayList<>();
    private JobStatus status = JobStatus.PENDING;
    private @Nullable OrderingKey key;
    private int accepted;
    private String type = "render";
    private CompletionRequest completion = CompletionRequest.NONE;

    static StoredJob aJob() {
        return new StoredJob();
    }

    static Instant at(int second) {
        return Instant.parse("2030-01-01T00:00:00Z").plusSeconds(second);
    }

    StoredJob status(JobStatus status) {
        this.status = status;
        return this;
    }

    StoredJob of(String orderingKey, int accepted) {
        this.key = new OrderingKey(orderingKey);
        this.accepted = accepted;
        return this;
    }

    /** It was done in this time. */
    StoredJob ran(int started, int ended) {
        return attempt(started, ended, Attempt.Outcome.SUCCEEDED).status(JobStatus.COMPLETED);
    }

    /** It is an inference job, whose end this test is told. */
    StoredJob inference() {
        type = "inference";
        completion = new CompletionRequest(Set.of(ModelServer.SINK), Map.of());
        return this;
    }

    StoredJob attempt(int started, int ended, Attempt.Outcome outcome) {
        attempts.add(new Attempt(
                attempts.size() + 1, REGION, new WorkerId("worker"), at(started), at(ended), outcome, null));
        return this;
    }

    Job build() {
        Attempt last = attempts.isEmpty() ? null : attempts.getLast();
        return new Job(
                id,
                new UserId("user"),
                new JobTypeName(type),
                new PoolName(type),
                new JobPayload("{}", 1),
                "hash",
                Priority.NORMAL,
                key,
                List.of(),
                JobLimits.defaults(),
                status,
                REGION,
                1,
                attempts.size(),
                (int) attempts.stream()
                        .filter(attempt -> attempt.outcome().isCharged())
                        .count(),
                null,
                0,
                false,
                at(accepted),
                at(accepted),
                last == null ? null : last.startedAt(),
                at(accepted),
                last == null ? null : last.endedAt(),
                attempts,
                status == JobStatus.COMPLETED ? new JobResult(FileId.random(), "png", 1, "image/png") : null,
                List.of(),
                null,
                null,
                at(100),
                0,
                null,
                completion,
                null,
                JobTags.NONE);
    }
}
