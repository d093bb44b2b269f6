package io.renderfleet.blob;

import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;

/**
 * The name of every bucket of one deployment.
 *
 * @param env the deployment's name
 * @param suffix what makes the names unique among all AWS accounts; empty for none
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
     * {@code renderfleet-<env>-<content>[-<suffix>]}: a job type's own bucket.
     *
     * @param content a word for what is in it, of a-z, 0-9 and the hyphen
     */
    public String of(String content) {
        String name = "renderfleet-" + env + "-" + content;
        return suffix.isEmpty() ? name : name + "-" + suffix;
    }
}
