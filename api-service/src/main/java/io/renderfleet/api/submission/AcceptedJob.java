package io.renderfleet.api.submission;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;

/** A job that is safe: it is stored, and its message is queued. */
@Schema(name = "AcceptedJob")
record AcceptedJob(
        @Schema(type = "string", format = "uuid") JobId jobId,
        @Schema(example = "PENDING") JobStatus status,
        Links links) {

    /** Where to go from here. */
    @Schema(name = "AcceptedJobLinks")
    record Links(URI self, URI cancel, URI result) {}

    /** What the first answer said, and every repeat of it says. */
    static AcceptedJob of(JobId id) {
        URI self = URI.create("/jobs/" + id);
        return new AcceptedJob(
                id, JobStatus.PENDING, new Links(self, URI.create(self + "/cancel"), URI.create(self + "/result")));
    }
}
