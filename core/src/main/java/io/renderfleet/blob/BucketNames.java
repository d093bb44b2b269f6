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

    /** {@code renderfleet-<env>-designs[-<suffix>]}, in the home region. */
    public String designs() {
        return suffixed("renderfleet-" + env + "-designs");
    }

    /** {@code renderfleet-<env>-results-<region>[-<suffix>]}, in that region. */
    public String results(RegionId region) {
        return suffixed("renderfleet-" + env + "-results-" + region);
    }

    private String suffixed(String name) {
        return suffix.isEmpty() ? name : name + "-" + suffix;
    }
}
