package io.renderfleet.bench;

import io.renderfleet.blob.BucketNames;
import io.renderfleet.client.Job;
import io.renderfleet.job.Artifact;
import io.renderfleet.localaws.LocalAwsEndpoints;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.region.RegionId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Reads the results in the buckets of all regions, independently of the API. */
final class StoredResults implements AutoCloseable {
    private static final String PREFIX = "results/";

    private final S3Client s3;
    private final List<String> buckets;

    StoredResults(LocalAwsOptions options, LocalAwsEndpoints endpoints) {
        var names = new BucketNames(options.env(), "");
        buckets = endpoints.sqs().keySet().stream()
                .map(RegionId::value)
                .sorted()
                .map(RegionId::new)
                .map(names::results)
                .toList();
        s3 = S3Client.builder()
                .endpointOverride(endpoints.s3())
                .forcePathStyle(true)
                .region(Region.of(options.homeRegion().value()))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(options.accessKey(), options.secretKey())))
                .build();
    }

    /**
     * The number of jobs that are COMPLETED and have exactly one object in S3, which is not empty and is the one that
     * their committed attempt wrote.
     *
     * @param jobs the jobs as the API lists them
     */
    long countProper(Collection<Job> jobs) {
        Map<String, Map<String, Long>> sizesByJob = new HashMap<>();
        for (String bucket : buckets) {
            s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(PREFIX))
                    .contents()
                    .forEach(object -> sizesByJob
                            .computeIfAbsent(jobId(object), unseen -> new HashMap<>())
                            .put(object.key(), object.size()));
        }
        return jobs.stream()
                .filter(job -> isProper(job, sizesByJob.getOrDefault(job.jobId(), Map.of())))
                .count();
    }

    /** The sizes of the previews of a job, in bytes, each of which was one put. */
    List<Long> previews(String jobId) {
        return buckets.stream()
                .flatMap(bucket -> s3
                        .listObjectsV2Paginator(
                                request -> request.bucket(bucket).prefix(PREFIX + jobId + "/"))
                        .contents()
                        .stream())
                .filter(object -> object.key().endsWith("/" + Artifact.PREVIEW))
                .map(S3Object::size)
                .toList();
    }

    /** Keys are {@code results/<jobId>/<attempt>/<fileId>.<extension>}. */
    private static String jobId(S3Object object) {
        String[] parts = object.key().split("/", -1);
        return parts.length > 1 ? parts[1] : "";
    }

    private static boolean isProper(Job job, Map<String, Long> objects) {
        String prefix = PREFIX + job.jobId() + "/" + job.attempt() + "/";
        return job.status() == Job.Status.COMPLETED
                && objects.size() == 1
                && objects.entrySet().stream()
                        .allMatch(object -> object.getKey().startsWith(prefix) && object.getValue() > 0);
    }

    @Override
    public void close() {
        s3.close();
    }
}
