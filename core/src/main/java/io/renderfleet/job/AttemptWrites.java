package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.JobStore.HeartbeatOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

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

    boolean complete(Job claimed, JobResult result, @Nullable String json, List<Artifact> artifacts) {
        return end(
                claimed,
                JobStatus.COMPLETED,
                Attempt.Outcome.SUCCEEDED,
                null,
                artifacts,
                json,
                update -> update.set(JobItem.RESULT_ID, fromS(result.id().value()))
                        .set(JobItem.RESULT_EXTENSION, fromS(result.extension()))
                        .set(JobItem.RESULT_BYTES, JobItem.number(result.bytes()))
                        .set(JobItem.CONTENT_TYPE, fromS(result.contentType()))
                        .remove(JobItem.PROGRESS));
    }

    boolean fail(Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts) {
        return end(claimed, JobStatus.FAILED, outcome, error, artifacts, null, update -> update);
    }

    boolean cancelled(Job claimed, List<Artifact> artifacts) {
        return end(claimed, JobStatus.CANCELLED, Attempt.Outcome.CANCELLED, null, artifacts, null, update -> update);
    }

    boolean release(
            Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts, @Nullable String kept) {
        Attempt attempt = database.ended(claimed, outcome, error);
        ConditionalUpdate update = keep(ended(claimed, attempt, artifacts), kept)
                .set(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .set(JobItem.UPDATED_AT, JobItem.time(database.now()));
        return stored(update, claimed, attempt).isPresent();
    }

    private boolean end(
            Job claimed,
            JobStatus status,
            Attempt.Outcome outcome,
            @Nullable JobError error,
            List<Artifact> artifacts,
            @Nullable String json,
            UnaryOperator<ConditionalUpdate> more) {
        Attempt attempt = database.ended(claimed, outcome, error);
        ConditionalUpdate update = database.over(
                ended(claimed, attempt, artifacts), claimed, status, status == JobStatus.FAILED ? error : null);
        Optional<Map<String, AttributeValue>> item = stored(more.apply(update), claimed, attempt);
        if (item.filter(JobItem::awaitsEvent).isPresent()) {
            var _ = database.announce(item.get(), json);
        }
        return item.isPresent();
    }

    private ConditionalUpdate ended(Job claimed, Attempt attempt, List<Artifact> artifacts) {
        return StoredArtifacts.keepAtEnd(
                database.attemptEnded(database.owned(claimed), claimed, attempt), claimed, artifacts);
    }

    /**
     * Writes the end of an attempt. Returns the item if it has that end, by this write or by an earlier one: when the
     * response to a write was lost and the write is repeated, its condition no longer holds, but the item has this
     * attempt with this outcome.
     */
    private Optional<Map<String, AttributeValue>> stored(ConditionalUpdate update, Job claimed, Attempt attempt) {
        return switch (database.apply(update, claimed.id())) {
            case ConditionalUpdate.Applied(var item) -> Optional.of(item);
            case ConditionalUpdate.Rejected(var current) ->
                current.filter(item -> StoredAttempts.contains(item, attempt));
        };
    }
}
