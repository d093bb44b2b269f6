package io.renderfleet.blob;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Results, each in the bucket of the region that made it, under {@code results/<jobId>/<attempt>.<extension>}: an
 * attempt that comes too late writes beside the one that counts, never over it.
 *
 * <p>Thread-safe. Errors of S3 come out as the SDK's exceptions, after its own retries.
 */
public final class ResultStore {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final Logger log = LoggerFactory.getLogger(ResultStore.class);

    private final RegionClients clients;
    private final BucketNames buckets;
    private final AtomicBoolean forbiddenLogged = new AtomicBoolean();

    public ResultStore(RegionClients clients, BucketNames buckets) {
        this.clients = clients;
        this.buckets = buckets;
    }

    /**
     * Stores what one attempt made. It becomes the job's result only when the job store says so. A large file goes in
     * parts, so that what fails is a part and not the whole; the time that it may take depends on its size.
     */
    public JobResult store(RegionId region, JobId job, int attempt, String extension, String contentType, Path file)
            throws IOException {
        String bucket = buckets.results(region);
        String key = "results/" + job + "/" + attempt + "." + extension;
        long bytes = Files.size(file);
        if (bytes <= UploadParts.SIZE) {
            clients.s3(region)
                    .putObject(
                            request -> request.bucket(bucket)
                                    .key(key)
                                    .contentType(contentType)
                                    .overrideConfiguration(TransferLimit.ofUpload(bytes)),
                            RequestBody.fromFile(file));
        } else {
            new UploadParts(clients.s3(region), bucket, key).upload(file, contentType);
        }
        return new JobResult(region, bucket, key, bytes, contentType);
    }

    /**
     * What S3 says about a stored result, without its content.
     *
     * @param bytes its size
     * @param eTag as S3 gives it to whoever downloads the result, with its quotation marks
     */
    public record Head(long bytes, String contentType, String eTag, Instant lastModified) {}

    /**
     * Asks S3 about a result. Empty when the object is not there any more. S3 answers 404 for a missing object, or 403
     * to a caller that may read objects but not list the bucket; it also answers 403 when the object itself must not be
     * read, so the first 403 is logged.
     */
    public Optional<Head> head(JobResult result) {
        try {
            HeadObjectResponse found = clients.s3(result.region())
                    .headObject(request -> request.bucket(result.bucket()).key(result.key()));
            return Optional.of(
                    new Head(found.contentLength(), found.contentType(), found.eTag(), found.lastModified()));
        } catch (S3Exception e) {
            if (e.statusCode() == FORBIDDEN && forbiddenLogged.compareAndSet(false, true)) {
                log.warn(
                        "S3 answered 403 when asked about result {} in bucket {}. Without the permission s3:ListBucket"
                                + " this is the answer for an object that no longer exists, and it is treated so. If"
                                + " results exist, grant s3:GetObject on the bucket. This is logged once.",
                        result.key(),
                        result.bucket());
            }
            if (e.statusCode() == NOT_FOUND || e.statusCode() == FORBIDDEN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * A link that lets anyone read the result for a while. It dies sooner when the credentials that signed it do.
     *
     * @param lifetime at most an hour
     */
    public URI link(JobResult result, Duration lifetime) {
        var presigned = clients.presigner(result.region())
                .presignGetObject(request -> request.signatureDuration(lifetime)
                        .getObjectRequest(get -> get.bucket(result.bucket()).key(result.key())));
        try {
            return presigned.url().toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a presigned URL is a URI", e);
        }
    }
}
