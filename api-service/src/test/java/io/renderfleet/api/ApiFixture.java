package io.renderfleet.api;

import io.renderfleet.blob.BucketNames;
import io.renderfleet.blob.Design;
import io.renderfleet.blob.DesignStore;
import io.renderfleet.job.DesignId;
import io.renderfleet.job.JobId;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.test.context.TestComponent;

/** What tests need beside the API: a design that is there, and a look into the master queue. */
@TestComponent
public final class ApiFixture {
    public static final String DESIGN = "test-design-1";

    private final DesignStore designs;
    private final JobQueues queues;

    private final RegionClients clients;
    private final FleetSettings fleet;

    public ApiFixture(DesignStore designs, JobQueues queues, RegionClients clients, FleetSettings fleet)
            throws IOException {
        this.clients = clients;
        this.fleet = fleet;
        this.designs = designs;
        this.queues = queues;
        storeDesign(DESIGN, "a design");
    }

    /** Stores bytes under a design's name without the API's checks. */
    public Design storeDesign(String id, String content) throws IOException {
        Path file = Files.createTempFile("design-", ".glb");
        try {
            Files.writeString(file, content);
            return designs.store(
                    new DesignId(id),
                    file,
                    "model/gltf-binary",
                    new Design.Contents(1, 1, 1, 0, 0, 12, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)));
        } finally {
            Files.delete(file);
        }
    }

    /** Takes a design's name away, as somebody with access to the bucket could. */
    public void forgetDesign(String id) {
        clients.s3(fleet.homeRegion())
                .deleteObject(request -> request.bucket(new BucketNames(fleet.env(), fleet.bucketSuffix()).designs())
                        .key("designs/" + id + ".json"));
    }

    /** How many messages of this job are on the master queue; takes every message off it. */
    public long messagesOf(JobId id) {
        long count = 0;
        for (List<Delivery> batch = receive(); !batch.isEmpty(); batch = receive()) {
            count += batch.stream().filter(d -> d.message().jobId().equals(id)).count();
            queues.master(Lane.NORMAL).deleteAll(batch);
        }
        return count;
    }

    private List<Delivery> receive() {
        return queues.master(Lane.NORMAL)
                .receive(10, Duration.ZERO, Duration.ofSeconds(30))
                .await();
    }

    /** A valid request with more fields, written as JSON without braces. */
    public static String request(String more) {
        String fields = """
                "designId": "test-design-1", "userId": "user-1",
                "camera": {"position": {"x": 0, "y": 1, "z": 4}, "target": {"x": 0, "y": 1, "z": 0}}""";
        return "{" + fields + (more.isEmpty() ? "" : ", " + more) + "}";
    }
}
