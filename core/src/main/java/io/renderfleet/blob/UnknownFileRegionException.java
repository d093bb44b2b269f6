package io.renderfleet.blob;

import io.renderfleet.job.JobId;
import io.renderfleet.region.RegionId;

/**
 * The record of a job says that one of its files is in a region that this deployment does not have. Either the region
 * was removed from the settings while its files are still referred to, or a worker wrote a wrong region.
 */
public final class UnknownFileRegionException extends RuntimeException {
    UnknownFileRegionException(JobId job, RegionId region) {
        super("A file of job " + job + " is said to be in region " + region
                + ", which is not one of renderfleet.regions.");
    }
}
