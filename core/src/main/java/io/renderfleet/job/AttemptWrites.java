package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.JobStore.HeartbeatOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The writes of a worker that holds a job's lease: from the renewal of the lease to the end of the attempt. */
final class AttemptWrites {
    private final JobDatabase database;

    AttemptWrites(JobDatabase database) {
        this.database = database;
    }

    HeartbeatOutcome heartbeat(
            Job claimed, Duration lease, int progress, List<Artifact> artifacts, @Nullable String kept) {
        Instant now = database.now();
        return outcome(
                keep(running(claimed, progress, artifacts, now), kept)
                        .set(JobItem.LEASE_UNTIL, JobItem.time(now.plus(lease))),
                claimed);
    }

    private static ConditionalUpdate keep(ConditionalUpdate update, @Nullable String kept) {
        return kept == null ? update : update.set(JobItem.KEPT, fromS(kept));
    }

    HeartbeatOutcome progress(Job claimed, int progress, List<Artifact> artifacts) {
        return outcome(running(claimed, progress, artifacts, database.now()), claimed);
    }

    private ConditionalUpdate running(Job claimed, int progress, List<Artifact> artifacts, Instant now) {
        return StoredArtifacts.keep(database.owned(claimed), claimed, artifacts)
                .set(JobItem.PROGRESS, JobItem.number(progress))
                .set(JobItem.UPDATED_AT, JobItem.time(now));
    }

    private HeartbeatOutcome outcome(ConditionalUpdate update, Job claimed) {
        return switch (database.apply(update, claimed.id())) {
            case ConditionalUpdate.Rejected _ -> HeartbeatOutcome.LEASE_LOST;
            case ConditionalUpdate.Applied(var item) ->
                item.containsKey(JobItem.CANCEL_REQUESTED)
                        ? HeartbeatOutcome.CANCEL_REQUESTED
                        : HeartbeatOutcome.RENEWED;
        };
    }

    boolean complete(Job claimed, JobResult result, List<Artifact> artifacts) {
        return end(
                claimed,
                JobStatus.COMPLETED,
                Attempt.Outcome.SUCCEEDED,
                null,
                artifacts,
                update -> update.set(JobItem.RESULT_ID, fromS(result.id().value()))
                        .set(JobItem.RESULT_EXTENSION, fromS(result.extension()))
                        .set(JobItem.RESULT_BYTES, JobItem.number(result.bytes()))
                        .set(JobItem.CONTENT_TYPE, fromS(result.contentType()))
                        .remove(JobItem.PROGRESS));
    }

    boolean fail(Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts) {
        return end(claimed, JobStatus.FAILED, outcome, error, artifacts, update -> update);
    }

    boolean cancelled(Job claimed, List<Artifact> artifacts) {
        return end(claimed, JobStatus.CANCELLED, Attempt.Outcome.CANCELLED, null, artifacts, update -> update);
    }

    boolean release(
            Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts, @Nullable String kept) {
        Attempt attempt = database.ended(claimed, outcome, error);
        ConditionalUpdate update = keep(ended(claimed, attempt, artifacts), kept)
                .set(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .set(JobItem.UPDATED_AT, JobItem.time(database.now()));
        return isStored(update, claimed, attempt);
    }

    private boolean end(
            Job claimed,
            JobStatus status,
            Attempt.Outcome outcome,
            @Nullable JobError error,
            List<Artifact> artifacts,
            UnaryOperator<ConditionalUpdate> more) {
        Attempt attempt = database.ended(claimed, outcome, error);
        ConditionalUpdate update =
                database.over(ended(claimed, attempt, artifacts), status, status == JobStatus.FAILED ? error : null);
        return isStored(more.apply(update), claimed, attempt);
    }

    private ConditionalUpdate ended(Job claimed, Attempt attempt, List<Artifact> artifacts) {
        return StoredArtifacts.keep(
                database.attemptEnded(database.owned(claimed), claimed, attempt), claimed, artifacts);
    }

    /**
     * Writes the end of an attempt. Returns whether it is stored, by this write or by an earlier one: when the
     * response to a write was lost and the write is repeated, its condition no longer holds, but the item has this
     * attempt with this outcome.
     */
    private boolean isStored(ConditionalUpdate update, Job claimed, Attempt attempt) {
        return switch (database.apply(update, claimed.id())) {
            case ConditionalUpdate.Applied _ -> true;
            case ConditionalUpdate.Rejected(var current) ->
                current.filter(item -> StoredAttempts.contains(item, attempt)).isPresent();
        };
    }
}
