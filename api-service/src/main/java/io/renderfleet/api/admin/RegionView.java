package io.renderfleet.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The current state of a region.
 *
 * @param drained whether an operator has closed the region to new jobs
 * @param reachable whether SQS of the region responded in time
 * @param depth the depth of each queue, by pool and lane; null when the region is not reachable
 */
@Schema(name = "Region")
record RegionView(
        @Schema(type = "string", example = "us-east-1") RegionId id,
        boolean drained,
        boolean reachable,

        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Map<String, Map<Lane, QueueDepth>> depth) {

    /** All configured regions. */
    @Schema(name = "Regions")
    record Answer(List<RegionView> items) {}
}
