package io.renderfleet.api.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Moves jobs as the services do that this test does not start. */
final class TestJobs {
    private static final RegionId WEST = new RegionId("us-west-2");

    private final JobStore store;

    TestJobs(JobStore store) {
        this.store = store;
    }

    JobId submit(String user) {
        JobId id = JobId.random();
        store.submit(
                JobBuilder.aJob().id(id).user(user).createdAt(Instant.now()).build());
        return id;
    }

    Job claim(JobId id) {
        int epoch = find(id).routeEpoch();
        store.route(id, epoch, WEST);
        return ((ClaimOutcome.Claimed)
                        store.claim(id, epoch + 1, WEST, new WorkerId("worker-1"), Duration.ofMinutes(5)))
                .job();
    }

    void progress(Job claimed, int percent) {
        store.progress(claimed, percent, List.of());
    }

    void complete(Job claimed) {
        assertThat(store.complete(claimed, new JobResult(new FileId("0123456789ab"), "png", 1, "image/png"), List.of()))
                .isTrue();
    }

    void fail(Job claimed) {
        assertThat(store.fail(claimed, Attempt.Outcome.REJECTED, new JobError("broken", "It is broken."), List.of()))
                .isTrue();
    }

    Job find(JobId id) {
        return store.find(id).orElseThrow();
    }
}
