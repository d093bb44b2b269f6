package io.renderfleet.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.identity.Library;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobTable;
import io.renderfleet.jobtype.render.design.Design;
import io.renderfleet.jobtype.render.design.DesignId;
import io.renderfleet.jobtype.render.design.DesignStore;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** What tests need beside the API: a design that is there, and a look into the master queue. */
@TestComponent
public final class ApiFixture {
    public static final String DESIGN = "test-design-1";

    private final DesignStore designs;
    private final JobQueues queues;

    private final RegionClients clients;
    private final FleetSettings fleet;
    private final MockMvcTester http;
    private final DynamoDbClient table;

    public ApiFixture(
            DesignStore designs,
            JobQueues queues,
            RegionClients clients,
            FleetSettings fleet,
            MockMvcTester http,
            DynamoDbClient table)
            throws IOException {
        this.table = table;
        this.http = http;
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
                    Library.SHARED,
                    new DesignId(id),
                    file,
                    "model/gltf-binary",
                    new Design.Contents(1, 1, 1, 0, 0, 12, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
                    null);
        } finally {
            Files.delete(file);
        }
    }

    /** Takes a design's name away, as somebody with access to the bucket could. */
    public void forgetDesign(String id) {
        clients.s3(fleet.homeRegion())
                .deleteObject(request -> request.bucket(DesignStore.bucket(fleet.env(), fleet.bucketSuffix()))
                        .key("designs/shared/" + id + ".json"));
    }

    /** Submits a request with more fields over HTTP. */
    public JobId submit(String more) {
        return submit("user-1", more);
    }

    /** As {@link #submit(String)}, of another user. */
    public JobId submit(String user, String more) {
        MvcTestResult answer = http.post()
                .uri("/jobs")
                .contentType(MediaType.APPLICATION_JSON)
                .content(request(more).replace("user-1", user))
                .exchange();
        assertThat(answer).hasStatus(202);
        return JobId.of(
                String.valueOf(answer.getResponse().getHeader("Location")).substring("/jobs/".length()));
    }

    /** Writes a job's item as a version could that knows other priorities. */
    public void writePriority(JobId id, String priority) {
        write(id, Map.of("priority", AttributeValue.fromS(priority)));
    }

    /** Writes attributes of a job's item, as a compromised worker could. */
    public void write(JobId id, Map<String, AttributeValue> attributes) {
        attributes.forEach((name, value) -> table.updateItem(request -> request.tableName(JobTable.name(fleet.env()))
                .key(Map.of(JobTable.JOB_ID, AttributeValue.fromS(id.toString())))
                .updateExpression("SET #name = :value")
                .expressionAttributeNames(Map.of("#name", name))
                .expressionAttributeValues(Map.of(":value", value))));
    }

    /** Puts a text where SQS puts what it gave up on. */
    public void deadLetter(RegionId at, String queueName, String body) {
        SqsAsyncClient client = clients.sqs(at);
        String url = client.getQueueUrl(request -> request.queueName(QueueNames.deadLetters(queueName)))
                .join()
                .queueUrl();
        boolean fifo = queueName.endsWith(".fifo");
        var _ = client.sendMessage(request -> request.queueUrl(url)
                        .messageBody(body)
                        .messageGroupId("group")
                        .messageDeduplicationId(fifo ? UUID.randomUUID().toString() : null))
                .join();
    }

    /** The message of a job as it is on its way, or where SQS gave up on it. */
    public static String message(JobId id, String user, int routeEpoch) {
        return "{\"jobId\": \"%s\", \"userId\": \"%s\", \"pool\": \"render\", \"lane\": \"NORMAL\", \"routeEpoch\": %d}"
                .formatted(id, user, routeEpoch);
    }

    /** Empties every dead-letter queue. */
    public void clearDeadLetters() {
        for (DeadLetterQueue queue : queues.deadLetters()) {
            if (queue.depth() > 0) {
                queue.peek(1000).forEach(queue::delete);
            }
        }
    }

    /** How many messages of this job are on the master queue; takes every message off it. */
    public long messagesOf(JobId id) {
        long count = 0;
        for (List<Delivery> batch = receive(); !batch.isEmpty(); batch = receive()) {
            count += batch.stream().filter(d -> d.message().jobId().equals(id)).count();
            queues.master(JobBuilder.POOL, Lane.NORMAL).deleteAll(batch);
        }
        return count;
    }

    private List<Delivery> receive() {
        return queues.master(JobBuilder.POOL, Lane.NORMAL)
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
