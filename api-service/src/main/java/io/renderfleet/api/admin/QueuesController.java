package io.renderfleet.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.api.queue.QueueCalls;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.Refuses;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists all queues with their depth. */
@RestController
class QueuesController {
    private final FleetSettings fleet;
    private final JobQueues queues;
    private final QueueCalls calls;

    QueuesController(FleetSettings fleet, JobQueues queues, QueueCalls calls) {
        this.fleet = fleet;
        this.queues = queues;
        this.calls = calls;
    }

    /**
     * A queue of jobs.
     *
     * @param region the region of the queue; null for a master queue
     * @param depth null when SQS did not respond in time
     */
    @Schema(name = "Queue")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record QueueView(
            String queue,
            @Schema(type = "string") @Nullable RegionId region,
            @Schema(type = "string") PoolName pool,
            Lane lane,
            @Nullable QueueDepth depth) {}

    /**
     * A dead-letter queue.
     *
     * @param region the region of the queue; null for the dead-letter queue of a master queue
     * @param letters the approximate number of messages, as SQS reports it; null when SQS did not respond in time
     */
    @Schema(name = "DeadLetterQueue")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record DeadLetterQueueView(
            String queue,
            @Schema(type = "string") @Nullable RegionId region,
            @Schema(type = "string") PoolName pool,
            Lane lane,
            @Nullable Long letters) {}

    /** Every queue of the fleet. */
    @Schema(name = "Queues")
    record Answer(List<QueueView> master, List<QueueView> regional, List<DeadLetterQueueView> deadLetters) {}

    @Operation(operationId = "listQueues", summary = "List the queues with their depth", tags = "admin")
    @ApiResponse(
            responseCode = "200",
            description = "Every queue. The depth of a queue is null when SQS did not respond.")
    @Refuses({"operators-only"})
    @GetMapping(path = "/admin/queues", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answer> queues() {
        QueueNames names = new QueueNames(fleet.env());
        List<DeadLetterQueue> dead = queues.deadLetters();
        Map<String, Callable<QueueDepth>> reads = new LinkedHashMap<>();
        for (PoolName pool : fleet.poolNames()) {
            for (Lane lane : Lane.values()) {
                reads.put(
                        names.master(pool, lane),
                        () -> queues.master(pool, lane).depth());
                fleet.regions()
                        .forEach(region -> reads.put(
                                names.regional(region, pool, lane),
                                () -> queues.regional(region, pool, lane).depth()));
            }
        }
        dead.forEach(queue -> reads.put(queue.name(), () -> new QueueDepth(queue.depth(), 0, 0)));
        Map<String, QueueDepth> depths = calls.run(reads, QueueCalls.DEPTH_TIMEOUT);

        List<QueueView> master = new ArrayList<>();
        List<QueueView> regional = new ArrayList<>();
        for (PoolName pool : fleet.poolNames()) {
            for (Lane lane : Lane.values()) {
                String name = names.master(pool, lane);
                master.add(new QueueView(name, null, pool, lane, depths.get(name)));
            }
        }
        for (RegionId region : fleet.regions()) {
            for (PoolName pool : fleet.poolNames()) {
                for (Lane lane : Lane.values()) {
                    String name = names.regional(region, pool, lane);
                    regional.add(new QueueView(name, region, pool, lane, depths.get(name)));
                }
            }
        }
        List<DeadLetterQueueView> letters = dead.stream()
                .map(queue -> {
                    QueueDepth depth = depths.get(queue.name());
                    return new DeadLetterQueueView(
                            queue.name(),
                            queue.region(),
                            queue.pool(),
                            queue.lane(),
                            depth == null ? null : depth.total());
                })
                .toList();
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(new Answer(master, regional, letters));
    }
}
