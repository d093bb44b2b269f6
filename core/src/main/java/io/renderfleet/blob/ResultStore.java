package io.renderfleet.blob;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import java.net.URI;
import java.net.URISyntaxException;
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

    /** Stores what one attempt made. It becomes the job's result only when the job store says so. */
    public JobResult store(
            RegionId region, JobId job, int attempt, String extension, String contentType, byte[] content) {
        String bucket = buckets.results(region);
        String key = "results/" + job + "/" + attempt + "." + extension;
        clients.s3(region)
                .putObject(
                        request -> request.bucket(bucket)
                                .key(key)
                                .contentType(contentType)
                                .overrideConfiguration(TransferLimit.ofUpload(content.length)),
                        RequestBody.fromBytes(content));
        return new JobResult(region, bucket, key, content.length, contentType);
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
