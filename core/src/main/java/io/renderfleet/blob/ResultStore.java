package io.renderfleet.blob;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.model.PresignedGetObjectRequest;

/**
 * Stores results and artifacts, each in the bucket of the region where it was made, at the key that
 * {@link ResultLocations} derives. Each upload has a key of its own, and no object is ever overwritten: S3 refuses a
 * second write of the same key.
 *
 * <p>Thread-safe. Errors of S3 are thrown as the SDK's exceptions, after the configured retries.
 */
public final class ResultStore {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int COPY_BYTES = 64 << 10;
    private static final AwsCredentialsProvider NOBODY =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none"));
    private static final Logger log = LoggerFactory.getLogger(ResultStore.class);

    private final RegionClients clients;
    private final ResultLocations locations;
    private final AtomicBoolean forbiddenLogged = new AtomicBoolean();

    ResultStore(RegionClients clients, ResultLocations locations) {
        this.clients = clients;
        this.locations = locations;
    }

    /**
     * Uploads the result of an attempt. It becomes the job's result when {@link io.renderfleet.job.JobStore#complete}
     * has stored it. A file larger than {@link UploadStream#PART_BYTES} is uploaded in parts, so that only a failed
     * part is repeated. The time limit depends on the size; see {@link TransferLimit}.
     *
     * @param check is called before each step of the upload; an exception that it throws ends the upload
     * @throws IOException when the file cannot be read
     */
    public JobResult store(
            RegionId region, JobId job, int attempt, String extension, String contentType, Path file, Runnable check)
            throws IOException {
        JobResult result = new JobResult(FileId.random(), extension, 0, contentType);
        return result.withBytes(store(locations.of(job, attempt, region, result), file, check));
    }

    /**
     * Uploads an artifact, as the other method uploads a result.
     *
     * @return the artifact with the size of the file
     */
    public Artifact store(JobId job, Artifact artifact, Path file, Runnable check) throws IOException {
        return artifact.withBytes(store(locations.of(job, artifact), file, check));
    }

    private long store(StoredFile target, Path file, Runnable check) throws IOException {
        long bytes = Files.size(file);
        check.run();
        if (bytes <= UploadStream.PART_BYTES) {
            NewObject.put(clients.s3(target.region()), target, RequestBody.fromFile(file), bytes);
            return bytes;
        }
        UploadStream upload = open(target);
        try (InputStream content = Files.newInputStream(file)) {
            // Only up to the initial size, in case another process still appends to the file.
            for (long left = bytes; left > 0; ) {
                check.run();
                byte[] part = content.readNBytes((int) Math.min(left, COPY_BYTES));
                if (part.length == 0) {
                    throw new EOFException("The file became shorter while it was uploaded.");
                }
                upload.write(part);
                left -= part.length;
            }
            upload.close();
        } finally {
            upload.abort();
        }
        return bytes;
    }

    /** Uploads an artifact while it is written. The object exists when the stream has been closed. */
    public UploadStream open(JobId job, Artifact artifact) {
        return open(locations.of(job, artifact));
    }

    private UploadStream open(StoredFile target) {
        return new UploadStream(clients.s3(target.region()), target);
    }

    /**
     * The location of the result of a job that has one, for {@link #link} and {@link #head}.
     *
     * @throws UnknownFileRegionException when this deployment does not have the region of the last attempt
     */
    public StoredFile locate(Job completed) {
        return locations.of(completed);
    }

    /**
     * The location of an artifact of a job, for {@link #link} and {@link #head}.
     *
     * @throws UnknownFileRegionException when this deployment does not have the region of the artifact
     */
    public StoredFile locate(Job job, Artifact artifact) {
        return locations.of(job, artifact);
    }

    /**
     * The metadata of a stored result, without its content.
     *
     * @param bytes its size
     * @param eTag as S3 returns it to a client that downloads the result, with its quotation marks
     */
    public record Head(long bytes, String contentType, String eTag, Instant lastModified) {}

    /**
     * Reads the metadata of a result. S3 answers 404 for a missing object, or 403 to a caller that may read objects but
     * not list the bucket. It also answers 403 when the object itself must not be read, so the first 403 is logged.
     *
     * @return empty when the object no longer exists
     */
    public Optional<Head> head(StoredFile result) {
        try {
            HeadObjectResponse found = clients.s3(result.region())
                    .headObject(request -> request.bucket(result.bucket()).key(result.key()));
            return Optional.of(
                    new Head(found.contentLength(), found.contentType(), found.eTag(), found.lastModified()));
        } catch (S3Exception e) {
            if (e.statusCode() == FORBIDDEN && forbiddenLogged.compareAndSet(false, true)) {
                log.warn(
                        "S3 answered 403 to a HEAD request for result {} in bucket {}. Without the permission"
                                + " s3:ListBucket this is the answer for an object that no longer exists, and it is"
                                + " handled as such. If the result exists, grant s3:GetObject on the bucket. This is"
                                + " logged once.",
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
     * Downloads a result or an artifact.
     *
     * @param bytes its size, on which the time limit depends
     * @param file must not exist
     * @return false when the object no longer exists
     */
    public boolean download(StoredFile result, long bytes, Path file) {
        try {
            var _ = clients.s3(result.region())
                    .getObject(
                            request -> request.bucket(result.bucket())
                                    .key(result.key())
                                    .overrideConfiguration(TransferLimit.ofUpload(bytes)),
                            file);
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND || e.statusCode() == FORBIDDEN) {
                return false;
            }
            throw e;
        }
    }

    /**
     * A presigned link, with which anyone can read the result for a while. S3 answers it with {@link DownloadHeaders}.
     * It expires earlier when the credentials that
     * signed it expire.
     *
     * @param lifetime at most one hour
     */
    public URI link(StoredFile result, Duration lifetime) {
        DownloadHeaders headers = DownloadHeaders.of(result);
        var presigned = clients.presigner(result.region())
                .presignGetObject(request -> request.signatureDuration(lifetime)
                        .getObjectRequest(get -> get.bucket(result.bucket())
                                .key(result.key())
                                .responseContentType(headers.contentType())
                                .responseContentDisposition(headers.disposition())));
        return uri(presigned);
    }

    /**
     * The origins (scheme, host and port) of all {@link #link}s, in the order of their regions' names. Makes no call and
     * needs no credentials.
     */
    public List<URI> linkOrigins() {
        return locations.regions().stream()
                .sorted()
                .map(region -> uri(clients.presigner(region)
                        .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(1))
                                .getObjectRequest(get -> get.bucket(locations.bucket(region))
                                        .key("results")
                                        .overrideConfiguration(with -> with.credentialsProvider(NOBODY))))))
                .map(link -> URI.create(link.getScheme() + "://" + link.getAuthority()))
                .distinct()
                .toList();
    }

    private static URI uri(PresignedGetObjectRequest presigned) {
        try {
            return presigned.url().toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The presigned URL is not a valid URI.", e);
        }
    }
}
