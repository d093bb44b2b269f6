package io.renderfleet.blob;

import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;

/**
 * The names of the buckets of one deployment.
 *
 * @param env the deployment's name
 * @param suffix makes the names unique among all AWS accounts; empty for no suffix
 */
public record BucketNames(String env, String suffix) {

    static BucketNames of(FleetSettings fleet) {
        return new BucketNames(fleet.env(), fleet.bucketSuffix());
    }

    /** {@code renderfleet-<env>-results-<region>[-<suffix>]}, in that region. */
    public String results(RegionId region) {
        return of("results-" + region);
    }

    /**
     * {@code renderfleet-<env>-<content>[-<suffix>]}: the bucket of a job type.
     *
     * @param content a word for the bucket's content, of a-z, 0-9 and the hyphen
     */
    public String of(String content) {
        String name = "renderfleet-" + env + "-" + content;
        return suffix.isEmpty() ? name : name + "-" + suffix;
    }
}
