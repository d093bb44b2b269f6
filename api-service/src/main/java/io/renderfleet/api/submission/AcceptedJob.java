package io.renderfleet.api.submission;

import io.renderfleet.api.lookup.FinishedJobs;
import io.renderfleet.api.progress.JobWaits;
import io.renderfleet.api.submission.Submissions.Accepted;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/** The response to an accepted submission: the job is stored and its message is queued. */
@Schema(name = "AcceptedJob")
record AcceptedJob(
        @Schema(type = "string", format = "uuid") JobId jobId,
        @Schema(example = "PENDING") JobStatus status,
        Links links) {
    static final String REPLAYED = "Idempotent-Replayed";

    /** The value of {@code Retry-After}: few jobs are over sooner. */
    private static final String POLL_AFTER_SECONDS = "1";

    /** Links to the operations on the job. */
    @Schema(name = "AcceptedJobLinks")
    record Links(URI self, URI cancel, URI events, URI result) {}

    /** The response for a job, the same for the first submission and for every repeat. */
    static AcceptedJob of(JobId id) {
        URI self = URI.create("/jobs/" + id);
        return new AcceptedJob(
                id,
                JobStatus.PENDING,
                new Links(
                        self,
                        URI.create(self + "/cancel"),
                        URI.create(self + "/events"),
                        URI.create(self + "/result")));
    }

    /** The whole response for a job. */
    static ResponseEntity<AcceptedJob> response(Accepted accepted) {
        AcceptedJob job = of(accepted.id());
        return headers(ResponseEntity.accepted(), accepted)
                .header(HttpHeaders.RETRY_AFTER, POLL_AFTER_SECONDS)
                .body(job);
    }

    /** The whole response for a job, with the job itself if it is over. */
    static ResponseEntity<?> response(Accepted accepted, FinishedJobs.Outcome outcome) {
        var response = headers(outcome.job() == null ? ResponseEntity.accepted() : ResponseEntity.ok(), accepted);
        if (outcome.applied() != null) {
            response.header(JobWaits.APPLIED, outcome.applied());
        }
        return outcome.job() != null
                ? response.body(outcome.job())
                : response.header(HttpHeaders.RETRY_AFTER, POLL_AFTER_SECONDS).body(of(accepted.id()));
    }

    private static ResponseEntity.BodyBuilder headers(ResponseEntity.BodyBuilder response, Accepted accepted) {
        response.location(URI.create("/jobs/" + accepted.id())).cacheControl(CacheControl.noStore());
        return accepted.replayed() ? response.header(REPLAYED, "true") : response;
    }
}
