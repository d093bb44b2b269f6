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
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Results, each in the bucket of the region that made it, under {@code results/<jobId>/<attempt>.<extension>}: an
 * attempt that comes too late writes beside the one that counts, never over it.
 *
 * <p>Thread-safe. Errors of S3 come out as the SDK's exceptions, after its own retries.
 */
public final class ResultStore {
    private final RegionClients clients;
    private final BucketNames buckets;

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
