package io.renderfleet.blob;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.region.RegionId;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Where results and artifacts are stored: a result under {@code results/<jobId>/<attempt>/<fileId>.<extension>}, an
 * artifact under {@code results/<jobId>/<attempt>/<fileId>/<name>}, each in the bucket of the region where it was made.
 *
 * <p>Bucket and key are derived, and not read from the job's item. Whatever a worker writes into the item of a job, the
 * location is below the prefix of that job, in a bucket of this deployment.
 */
final class ResultLocations {
    private final BucketNames buckets;
    private final Set<RegionId> regions;

    /** @param regions the regions of this deployment */
    ResultLocations(BucketNames buckets, List<RegionId> regions) {
        this.buckets = buckets;
        this.regions = Set.copyOf(regions);
    }

    Set<RegionId> regions() {
        return regions;
    }

    /** The bucket with the results of a region. */
    String bucket(RegionId region) {
        return buckets.results(region);
    }

    /** The location of the result of a job that has one. */
    StoredFile of(Job completed) {
        JobResult result = Objects.requireNonNull(completed.result(), "The job has no result.");
        RegionId region = Objects.requireNonNull(completed.region(), "The job has no region.");
        return of(completed.id(), completed.attempt(), region, result)
                .named(FileNames.ofResult(completed, result.extension()));
    }

    /** The location of the result of an attempt, for the worker that stores it. */
    StoredFile of(JobId job, int attempt, RegionId region, JobResult result) {
        String name = "." + result.extension();
        return at(job, attempt, region, result.id(), name, result.contentType(), job + name);
    }

    /** The location of an artifact of a job. */
    StoredFile of(Job job, Artifact artifact) {
        return of(job.id(), artifact).named(FileNames.ofArtifact(job, artifact.name()));
    }

    /** The location of an artifact, for the worker that stores it. */
    StoredFile of(JobId job, Artifact artifact) {
        String name = artifact.name().value();
        return at(job, artifact.attempt(), artifact.region(), artifact.id(), "/" + name, artifact.contentType(), name);
    }

    private StoredFile at(
            JobId job, int attempt, RegionId region, FileId id, String name, String contentType, String fileName) {
        if (!regions.contains(region)) {
            throw new UnknownFileRegionException(job, region);
        }
        String key = "results/" + job + "/" + attempt + "/" + id + name;
        return new StoredFile(region, buckets.results(region), key, contentType, fileName);
    }
}
