package io.renderfleet.api.submission;

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
    record Links(URI self, URI cancel, URI result) {}

    /** The response for a job, the same for the first submission and for every repeat. */
    static AcceptedJob of(JobId id) {
        URI self = URI.create("/jobs/" + id);
        return new AcceptedJob(
                id, JobStatus.PENDING, new Links(self, URI.create(self + "/cancel"), URI.create(self + "/result")));
    }

    /** The whole response for a job. */
    static ResponseEntity<AcceptedJob> response(Accepted accepted) {
        AcceptedJob job = of(accepted.id());
        var response = ResponseEntity.accepted()
                .location(job.links().self())
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.RETRY_AFTER, POLL_AFTER_SECONDS);
        if (accepted.replayed()) {
            response.header(REPLAYED, "true");
        }
        return response.body(job);
    }
}
