package io.renderfleet.api.admin;

import io.renderfleet.api.queue.QueueQuestions;
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

/** Shows the regions, and closes them to new jobs or opens them. */
@RestController
class RegionsController {
    private static final Logger log = LoggerFactory.getLogger(RegionsController.class);

    private final FleetSettings fleet;
    private final DrainedRegions drained;
    private final JobQueues queues;
    private final QueueQuestions questions;

    RegionsController(FleetSettings fleet, DrainedRegions drained, JobQueues queues, QueueQuestions questions) {
        this.fleet = fleet;
        this.drained = drained;
        this.queues = queues;
        this.questions = questions;
    }

    @Operation(summary = "List the regions", tags = "admin")
    @ApiResponse(responseCode = "200", description = "Every configured region, also one that does not answer.")
    @Refuses({"operator-token-required", "operators-only"})
    @GetMapping(path = "/admin/regions", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RegionView.Answer> regions() {
        Set<RegionId> closed = drained.get();
        return answer(new RegionView.Answer(views(fleet.regions(), closed)));
    }

    @Operation(
            summary = "Drain a region",
            description = "It gets no new jobs within seconds, and what waits there is sent elsewhere; what runs there"
                    + " goes on.",
            tags = "admin")
    @ApiResponse(responseCode = "200", description = "The region, drained.")
    @Refuses({"operator-token-required", "operators-only", "unknown-region"})
    @PostMapping(path = "/admin/regions/{regionId}/drain", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RegionView> drain(@PathVariable String regionId) {
        RegionId region = known(regionId);
        drained.drain(region);
        log.info("An operator drained {}", region);
        return answer(views(List.of(region), Set.of(region)).getFirst());
    }

    @Operation(summary = "Open a drained region again", tags = "admin")
    @ApiResponse(responseCode = "200", description = "The region, open.")
    @Refuses({"operator-token-required", "operators-only", "unknown-region"})
    @PostMapping(path = "/admin/regions/{regionId}/undrain", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RegionView> undrain(@PathVariable String regionId) {
        RegionId region = known(regionId);
        drained.undrain(region);
        log.info("An operator opened {} again", region);
        return answer(views(List.of(region), Set.of()).getFirst());
    }

    private RegionId known(String regionId) {
        return fleet.regions().stream()
                .filter(region -> region.value().equals(regionId))
                .findFirst()
                .orElseThrow(() -> ProblemException.of(
                        ProblemType.UNKNOWN_REGION,
                        "The configured regions are "
                                + fleet.regions().stream().map(RegionId::value).collect(Collectors.joining(", "))
                                + "."));
    }

    private List<RegionView> views(List<RegionId> regions, Set<RegionId> closed) {
        Map<RegionId, Callable<Map<String, Map<Lane, QueueDepth>>>> asked = new HashMap<>();
        regions.forEach(region -> asked.put(region, () -> depth(region)));
        Map<RegionId, Map<String, Map<Lane, QueueDepth>>> depths = questions.ask(asked, QueueQuestions.DEPTH_TIMEOUT);
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
