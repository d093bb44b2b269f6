package io.renderfleet.jobtype.render.request;

import io.renderfleet.jobtype.JobType;

/** The job type {@code render} without designs. It reads requests, but cannot make their payloads. */
public final class FuzzedRenderType {
    private FuzzedRenderType() {}

    @SuppressWarnings("NullAway") // Designs are looked up only for a payload.
    public static JobType<?> create() {
        return new RenderJobType(null);
    }
}
