package io.renderfleet.api.submission;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;

/** The response to an accepted submission: the job is stored and its message is queued. */
@Schema(name = "AcceptedJob")
record AcceptedJob(
        @Schema(type = "string", format = "uuid") JobId jobId,
        @Schema(example = "PENDING") JobStatus status,
        Links links) {

    /** Links to the operations on the job. */
    @Schema(name = "AcceptedJobLinks")
    record Links(URI self, URI cancel, URI result) {}

    /** The response for a job, the same for the first submission and for every repeat. */
    static AcceptedJob of(JobId id) {
        URI self = URI.create("/jobs/" + id);
        return new AcceptedJob(
                id, JobStatus.PENDING, new Links(self, URI.create(self + "/cancel"), URI.create(self + "/result")));
    }
}
