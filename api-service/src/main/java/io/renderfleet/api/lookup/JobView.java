package io.renderfleet.api.lookup;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.job.WebhookDelivery;
import io.renderfleet.region.RegionId;
import io.renderfleet.webhook.WebhookUrl;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A job as the API returns it. Fields that do not apply are left out.
 *
 * @param payload the fields of the job's type, side by side with those of every job as in the request; left out of
 *     listings when they are large
 * @param name what the user called the job
 * @param batchId the batch of POST /jobs/batch or POST /batches with which the job was submitted
 * @param progress the progress of the running attempt in percent, 0 to 100
 * @param region the region that the job was last sent to
 * @param worker the name of the worker that runs the job now
 * @param waiting why the job waits; left out unless it is PENDING
 * @param attempt the number of the running or last attempt
 * @param attempts the finished attempts, oldest first
 * @param cancelRequested true while the job is being cancelled and its worker has not stopped it yet; left out
 *     otherwise
 * @param resultUrl a link to the result of a COMPLETED job; anyone who has it can read the result until
 *     {@code resultUrlExpiresAt}. Left out of listings, and when the result is in a region that this deployment no longer
 *     uses
 * @param previewUrl a link to the latest preview of the running attempt, a JPEG, as GET /jobs/{jobId}/preview redirects to,
 *     for browsers, which cannot send a token with the request of a picture. Left out of listings
 * @param artifacts the files that the attempts stored in addition to the result, in the order of their names
 * @param error why the job FAILED
 * @param webhook what became of the request that reports the end of the job; left out if the job has no webhook
 */
@Schema(name = "Job")
public record JobView(
        @Schema(type = "string", format = "uuid") JobId jobId,
        String type,
        @Schema(type = "string", example = "user-1") UserId userId,
        @JsonAnyGetter Map<String, JsonNode> payload,
        @Nullable String name,
        @Nullable Map<String, String> labels,
        @Nullable UUID batchId,
        JobStatus status,
        @Schema(minimum = "0", maximum = "100") int progress,
        Priority priority,
        @Schema(type = "string") @Nullable OrderingKey orderingKey,
        @Nullable List<String> regions,

        @Schema(type = "string", example = "us-east-1") @Nullable
        RegionId region,

        @Nullable String worker,
        @Nullable WaitingView waiting,
        @Nullable Integer attempt,
        List<AttemptView> attempts,
        @Nullable Boolean cancelRequested,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant routedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant startBy,
        @Schema(type = "string", example = "PT30M") String timeout,
        int maxAttempts,
        @Nullable ResultView result,
        @Nullable URI resultUrl,
        @Nullable Instant resultUrlExpiresAt,
        @Nullable URI previewUrl,
        List<ArtifactView> artifacts,
        @Nullable ErrorView error,
        @Nullable WebhookView webhook,
        Links links) {
    /** The names of the fields of every job. A job type must not use them. */
    public static final Set<String> FIELDS = Arrays.stream(JobView.class.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toUnmodifiableSet());

    /**
     * A finished attempt.
     *
     * @param worker the name of the worker that ran the attempt, as in the logs of the worker
     */
    @Schema(name = "Attempt")
    public record AttemptView(
            int number,
            @Schema(type = "string") RegionId region,
            String worker,
            Instant startedAt,
            Instant endedAt,
            Attempt.Outcome outcome,
            @Nullable ErrorView error) {
        static AttemptView of(Attempt attempt) {
            return new AttemptView(
                    attempt.number(),
                    attempt.region(),
                    attempt.worker().value(),
                    attempt.startedAt(),
                    attempt.endedAt(),
                    attempt.outcome(),
                    ErrorView.of(attempt.error()));
        }
    }

    /** Why something failed: a stable code, and what to do about it. */
    @Schema(name = "JobError")
    public record ErrorView(String code, String message) {
        static @Nullable ErrorView of(@Nullable JobError error) {
            return error == null ? null : new ErrorView(error.code(), error.message());
        }
    }

    /**
     * The request that reports the end of the job.
     *
     * @param url the callbackUrl of the job, without its query; left out if the request goes to the URL of the user's webhook
     * @param state PENDING before the first attempt
     * @param attempts the number of requests so far
     * @param lastStatus the HTTP status of the last response
     * @param lastError why the last attempt failed
     * @param nextAt the time of the next attempt
     */
    @Schema(name = "JobWebhook")
    public record WebhookView(
            @Nullable String url,
            State state,
            int attempts,
            @Nullable Integer lastStatus,
            @Nullable String lastError,
            @Nullable Instant lastAt,
            @Nullable Instant nextAt) {

        /** How far the delivery is. */
        public enum State {
            PENDING,
            RETRYING,
            DELIVERED,
            GIVEN_UP
        }

        static @Nullable WebhookView of(Job job) {
            CompletionRequest wanted = job.completion();
            if (!wanted.sinks().contains(CompletionRequest.WEBHOOK)) {
                return null;
            }
            String url = wanted.callbackUrl() == null ? null : WebhookUrl.shown(wanted.callbackUrl());
            WebhookDelivery last = job.webhook();
            // After a retry, the delivery is that of the end before.
            if (last == null
                    || job.finishedAt() == null
                    || !last.eventId().equals(CompletionEvent.id(job.id(), job.finishedAt()))) {
                return new WebhookView(url, State.PENDING, 0, null, null, null, null);
            }
            return new WebhookView(
                    url,
                    State.valueOf(last.state().name()),
                    last.attempts(),
                    last.lastStatus(),
                    last.lastError(),
                    last.lastAt(),
                    last.nextAt());
        }
    }

    /** The size and the content type of a result. */
    @Schema(name = "JobResult")
    public record ResultView(
            long bytes, @Schema(example = "image/png") String contentType) {}

    /**
     * A file that an attempt stored in addition to the result, such as a log.
     *
     * @param attempt the number of the latest attempt that stored a file with this name
     * @param url a link to the artifact; anyone who has it can read the artifact until {@code urlExpiresAt}. Left out
     *     of listings
     */
    @Schema(name = "Artifact")
    public record ArtifactView(
            @Schema(example = "log.txt") String name,
            @Schema(example = "text/plain;charset=utf-8") String contentType,
            long bytes,
            int attempt,
            @Nullable URI url,
            @Nullable Instant urlExpiresAt) {
        static ArtifactView of(Artifact artifact, @Nullable FileLink link) {
            return new ArtifactView(
                    artifact.name().value(),
                    artifact.contentType(),
                    artifact.bytes(),
                    artifact.attempt(),
                    link == null ? null : link.url(),
                    link == null ? null : link.expiresAt());
        }
    }

    /**
     * Links to the operations on a job.
     *
     * @param cancel the URL to POST to; left out once the job is over
     */
    @Schema(name = "JobLinks")
    public record Links(URI self, @Nullable URI cancel, URI events, URI result) {}

    /** A link to a file, and the time when it expires. */
    record FileLink(URI url, Instant expiresAt) {}

    /** A view without links to files, as in listings. */
    public static JobView of(Job job) {
        return of(job, null);
    }

    /**
     * Creates a view.
     *
     * @param files creates the links to files; null for a view without them
     */
    static JobView of(Job job, @Nullable StoredFiles files) {
        FileLink link = files == null || job.result() == null
                ? null
                : files.resultLink(job).orElse(null);
        URI self = URI.create("/jobs/" + job.id());
        Duration timeout = job.limits().timeout();
        return new JobView(
                job.id(),
                job.type().value(),
                job.userId(),
                PayloadView.fields(job.payload()),
                job.tags().name(),
                job.tags().labels().isEmpty() ? null : job.tags().labels(),
                job.tags().batchId(),
                job.status(),
                job.progress(),
                job.priority(),
                job.orderingKey(),
                job.allowedRegions().isEmpty()
                        ? null
                        : job.allowedRegions().stream().map(RegionId::value).toList(),
                job.region(),
                job.lease() == null ? null : job.lease().owner().value(),
                WaitingView.of(job),
                job.attempt() == 0 ? null : job.attempt(),
                job.attempts().stream().map(AttemptView::of).toList(),
                job.cancelRequested() ? true : null,
                job.createdAt(),
                job.updatedAt(),
                job.routedAt(),
                job.startedAt(),
                job.finishedAt(),
                job.limits().startBy(),
                timeout.toString(),
                job.limits().maxAttempts(),
                job.result() == null
                        ? null
                        : new ResultView(job.result().bytes(), job.result().contentType()),
                link == null ? null : link.url(),
                link == null ? null : link.expiresAt(),
                files == null
                        ? null
                        : job.preview()
                                .flatMap(preview -> files.artifactLink(job, preview))
                                .map(FileLink::url)
                                .orElse(null),
                job.lastingArtifacts().stream()
                        .map(artifact -> ArtifactView.of(
                                artifact,
                                files == null
                                        ? null
                                        : files.artifactLink(job, artifact).orElse(null)))
                        .toList(),
                ErrorView.of(job.error()),
                WebhookView.of(job),
                new Links(
                        self,
                        job.status().isTerminal() ? null : URI.create(self + "/cancel"),
                        URI.create(self + "/events"),
                        URI.create(self + "/result")));
    }
}
