package io.renderfleet.api.admin;

import io.renderfleet.api.queue.QueueCalls;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists the regions, and drains and reopens them. */
@RestController
class RegionsController {
    private static final Logger log = LoggerFactory.getLogger(RegionsController.class);

    private final FleetSettings fleet;
    private final DrainedRegions drained;
    private final JobQueues queues;
    private final QueueCalls calls;

    RegionsController(FleetSettings fleet, DrainedRegions drained, JobQueues queues, QueueCalls calls) {
        this.fleet = fleet;
        this.drained = drained;
        this.queues = queues;
        this.calls = calls;
    }

    @Operation(operationId = "listRegions", summary = "List the regions", tags = "admin")
    @ApiResponse(responseCode = "200", description = "Every configured region, including those that are not reachable.")
    @Refuses({"operators-only"})
    @GetMapping(path = "/admin/regions", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RegionView.Answer> regions() {
        Set<RegionId> closed = drained.get();
        return answer(new RegionView.Answer(views(fleet.regions(), closed)));
    }

    @Operation(
            operationId = "drainRegion",
            summary = "Drain a region",
            description = "Within seconds, the region gets no new jobs and its waiting jobs are sent to other regions."
                    + " Running jobs are not affected.",
            tags = "admin")
    @ApiResponse(responseCode = "200", description = "The region, drained.")
    @Refuses({"operators-only", "unknown-region"})
    @PostMapping(path = "/admin/regions/{regionId}/drain", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RegionView> drain(@PathVariable String regionId) {
        RegionId region = known(regionId);
        drained.drain(region);
        log.info("An operator drained the region {}", region);
        return answer(views(List.of(region), Set.of(region)).getFirst());
    }

    @Operation(operationId = "undrainRegion", summary = "Reopen a drained region", tags = "admin")
    @ApiResponse(responseCode = "200", description = "The region, which takes jobs again.")
    @Refuses({"operators-only", "unknown-region"})
    @PostMapping(path = "/admin/regions/{regionId}/undrain", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RegionView> undrain(@PathVariable String regionId) {
        RegionId region = known(regionId);
        drained.undrain(region);
        log.info("An operator reopened the region {}", region);
        return answer(views(List.of(region), Set.of()).getFirst());
    }

    private RegionId known(String regionId) {
        return fleet.regions().stream()
                .filter(region -> region.value().equals(regionId))
                .findFirst()
                .orElseThrow(() -> ProblemException.of(
                        ProblemType.UNKNOWN_REGION,
                        "This region is not configured. Use one of "
                                + fleet.regions().stream().map(RegionId::value).collect(Collectors.joining(", "))
                                + "."));
    }

    private List<RegionView> views(List<RegionId> regions, Set<RegionId> closed) {
        Map<RegionId, Callable<Map<String, Map<Lane, QueueDepth>>>> reads = new HashMap<>();
        regions.forEach(region -> reads.put(region, () -> depth(region)));
        Map<RegionId, Map<String, Map<Lane, QueueDepth>>> depths = calls.run(reads, QueueCalls.DEPTH_TIMEOUT);
        return regions.stream()
                .map(region ->
                        new RegionView(region, closed.contains(region), depths.containsKey(region), depths.get(region)))
                .toList();
    }

    private Map<String, Map<Lane, QueueDepth>> depth(RegionId region) {
        Map<String, Map<Lane, QueueDepth>> depths = new LinkedHashMap<>();
        for (PoolName pool : fleet.poolNames()) {
            Map<Lane, QueueDepth> ofPool = new EnumMap<>(Lane.class);
            for (Lane lane : Lane.values()) {
                ofPool.put(lane, queues.regional(region, pool, lane).depth());
            }
            depths.put(pool.value(), ofPool);
        }
        return depths;
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
