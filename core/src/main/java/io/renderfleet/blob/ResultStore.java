package io.renderfleet.blob;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
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
 * Results and artifacts, each in the bucket of the region that made it: a result under
 * {@code results/<jobId>/<attempt>.<extension>}, an artifact under {@code results/<jobId>/<attempt>/<version>/<name>}. An
 * attempt that comes too late writes beside the one that counts, never over it.
 *
 * <p>Thread-safe. Errors of S3 come out as the SDK's exceptions, after its own retries.
 */
public final class ResultStore {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int COPY_BYTES = 64 << 10;
    private static final Logger log = LoggerFactory.getLogger(ResultStore.class);

    private final RegionClients clients;
    private final BucketNames buckets;
    private final AtomicBoolean forbiddenLogged = new AtomicBoolean();

    public ResultStore(RegionClients clients, BucketNames buckets) {
        this.clients = clients;
        this.buckets = buckets;
    }

    /**
     * Stores what one attempt made. It becomes the job's result only when the job store says so. A file of more than a part
     * ({@link UploadStream#PART_BYTES}) goes in parts, so that what fails is a part and not the whole; the time that it may
     * take depends on its size.
     *
     * @param check is called before each step of the upload, and ends the upload with what it throws
     */
    public JobResult store(
            RegionId region, JobId job, int attempt, String extension, String contentType, Path file, Runnable check)
            throws IOException {
        String key = "results/" + job + "/" + attempt + "." + extension;
        return store(new JobResult(region, buckets.results(region), key, 0, contentType), file, check);
    }

    /** The same for an artifact, which has the size of the file in the answer. */
    public Artifact store(JobId job, Artifact artifact, Path file, Runnable check) throws IOException {
        return artifact.withBytes(store(locate(job, artifact), file, check).bytes());
    }

    private JobResult store(JobResult target, Path file, Runnable check) throws IOException {
        long bytes = Files.size(file);
        check.run();
        if (bytes <= UploadStream.PART_BYTES) {
            clients.s3(target.region())
                    .putObject(
                            request -> request.bucket(target.bucket())
                                    .key(target.key())
                                    .contentType(target.contentType())
                                    .overrideConfiguration(TransferLimit.ofUpload(bytes)),
                            RequestBody.fromFile(file));
            return target.withBytes(bytes);
        }
        UploadStream upload = open(target);
        try (InputStream content = Files.newInputStream(file)) {
            // To its size of before, should somebody still write to it.
            for (long left = bytes; left > 0; ) {
                check.run();
                byte[] part = content.readNBytes((int) Math.min(left, COPY_BYTES));
                if (part.length == 0) {
                    throw new EOFException("the file became shorter while it was uploaded");
                }
                upload.write(part);
                left -= part.length;
            }
            upload.close();
        } finally {
            upload.abort();
        }
        return target.withBytes(bytes);
    }

    /** An artifact whose content is uploaded while it is written. It is there once the stream is closed. */
    public UploadStream open(JobId job, Artifact artifact) {
        return open(locate(job, artifact));
    }

    private UploadStream open(JobResult target) {
        return new UploadStream(clients.s3(target.region()), target.bucket(), target.key(), target.contentType());
    }

    /** Where an artifact of a job is: something to {@link #link} to. */
    public JobResult locate(JobId job, Artifact artifact) {
        return new JobResult(
                artifact.region(),
                buckets.results(artifact.region()),
                "results/" + job + "/" + artifact.attempt() + "/" + artifact.version() + "/" + artifact.name(),
                artifact.bytes(),
                artifact.contentType());
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
