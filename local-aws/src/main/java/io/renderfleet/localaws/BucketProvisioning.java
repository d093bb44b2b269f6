package io.renderfleet.localaws;

import io.renderfleet.blob.BucketNames;
import io.renderfleet.jobtype.render.design.DesignStore;
import io.renderfleet.region.RegionId;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyExistsException;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/** Creates the buckets of the CloudFormation templates, unless they exist. */
final class BucketProvisioning {
    private final BucketNames names;
    private final S3Client s3;

    BucketProvisioning(BucketNames names, S3Client s3) {
        this.names = names;
        this.s3 = s3;
    }

    void buckets(List<RegionId> regions) {
        bucket(DesignStore.bucket(names.env(), names.suffix()));
        regions.forEach(region -> bucket(names.results(region)));
    }

    private void bucket(String name) {
        try {
            s3.createBucket(request -> request.bucket(name));
        } catch (BucketAlreadyOwnedByYouException | BucketAlreadyExistsException kept) {
            // The bucket exists in the data directory from an earlier run.
        }
    }
}
