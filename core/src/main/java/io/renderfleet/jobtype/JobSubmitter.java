package io.renderfleet.jobtype;

import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.problem.ProblemException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/**
 * Accepts the jobs that a job type makes of the requests of its own HTTP operations. They are admitted, stored, queued,
 * and refused as those of {@code POST /jobs} are. The API defines a bean of this type.
 *
 * <p>Thread-safe.
 */
public interface JobSubmitter {

    /**
     * Submits a job. A repeat of the same request gets the same job.
     *
     * @return the response of {@code POST /jobs}: 202 with the job's id and links
     * @throws ProblemException if the job is refused, or could not be stored or queued
     */
    ResponseEntity<?> submit(Request request);

    /**
     * A request for a job.
     *
     * @param user for whom the job is submitted. The caller of the operation must have been allowed to act for this user
     * @param idempotencyKey 1 to 255 printable ASCII characters; the job's id follows from it and the user
     * @param content what the client sent. A request with the same key and other content is refused with 422
     * @param payload is called after the job was admitted
     * @param batchId the batch that the job belongs to; null for a job of its own
     */
    record Request(
            JobTypeName type,
            UserId user,
            String idempotencyKey,
            Priority priority,
            Record content,
            PayloadSource payload,
            @Nullable UUID batchId) {}
}
