package io.renderfleet.bench.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.JobTable;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.region.FleetTable;
import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** Against clients that know nothing of the counter: the SDK finds it by itself. */
class CountingInterceptorTests {
    private static final LocalAwsOptions OPTIONS = LocalAwsOptions.onFreePorts();
    private static final String TABLE = JobTable.name(OPTIONS.env());
    private static final RegionId HOME = OPTIONS.homeRegion();

    private static LocalAws aws;
    private static DynamoDbClient dynamoDb;
    private static SqsClient sqs;

    @BeforeAll
    static void start() {
        aws = LocalAws.start(OPTIONS);
        dynamoDb = at(DynamoDbClient.builder(), aws.endpoints().dynamoDb());
        sqs = at(SqsClient.builder(), aws.endpoints().sqs(HOME));
    }

    @AfterAll
    static void stop() {
        dynamoDb.close();
        sqs.close();
        aws.close();
    }

    @Test
    void countsWritesAndWhatTheyCost() {
        List<String> updates = new ArrayList<>();
        CountingInterceptor.JOBS.onUpdate((id, status) -> updates.add(id + " " + status));
        Calls before = CountingInterceptor.CALLS.snapshot();

        put("job-a");
        update("job-a", "PROCESSING");

        Calls calls = CountingInterceptor.CALLS.snapshot().since(before);
        CallCount puts = calls.sum(kind -> kind.operation().equals("PutItem"));
        CallCount moves = calls.sum(kind -> kind.operation().equals("UpdateItem"));
        assertThat(puts.calls()).isEqualTo(1);
        assertThat(puts.writeUnits()).isEqualTo(3);
        assertThat(puts.reportedUnits()).isPositive();
        assertThat(moves.calls()).isEqualTo(1);
        assertThat(moves.writeUnits()).isEqualTo(1);
        assertThat(updates).containsExactly("job-a PROCESSING");
        assertThat(CountingInterceptor.JOBS.itemBytes("job-a")).isBetween(50L, 200L);
    }

    @Test
    void aWriteOfTheFleetTableIsNoUpdateOfAJob() {
        List<String> updates = new ArrayList<>();
        CountingInterceptor.JOBS.onUpdate((id, status) -> updates.add(id + " " + status));
        Calls before = CountingInterceptor.CALLS.snapshot();

        dynamoDb.updateItem(request -> request.tableName(FleetTable.name(OPTIONS.env()))
                .key(Map.of(FleetTable.ID, fromS("something")))
                .updateExpression("SET #t = :t")
                .expressionAttributeNames(Map.of("#t", "text"))
                .expressionAttributeValues(Map.<String, AttributeValue>of(":t", fromS("x".repeat(1500)))));

        CallCount writes = CountingInterceptor.CALLS
                .snapshot()
                .since(before)
                .sum(kind -> kind.isDynamoDbWrite() && kind.target().equals("fleet"));
        assertThat(writes.writeUnits()).isEqualTo(2);
        assertThat(updates).isEmpty();
    }

    @Test
    void chargesAConditionThatDoesNotHold() {
        put("job-b");
        Calls before = CountingInterceptor.CALLS.snapshot();

        assertThatExceptionOfType(ConditionalCheckFailedException.class).isThrownBy(() -> put("job-b"));

        CallCount puts = CountingInterceptor.CALLS
                .snapshot()
                .since(before)
                .sum(kind -> kind.operation().equals("PutItem"));
        assertThat(puts.calls()).isEqualTo(1);
        assertThat(puts.failures()).isEqualTo(1);
        assertThat(puts.writeUnits()).isEqualTo(1);
    }

    @Test
    void countsMessagesOfABatchAndReceivesThatBringNothing() {
        String regional = queue("us-east-1-render-normal");
        String master = queue("master-render-normal");
        Calls before = CountingInterceptor.CALLS.snapshot();

        sqs.sendMessageBatch(request -> request.queueUrl(regional)
                .entries(IntStream.range(0, 7)
                        .mapToObj(i -> SendMessageBatchRequestEntry.builder()
                                .id("m" + i)
                                .messageBody("body")
                                .messageGroupId("user")
                                .build())
                        .toList()));
        sqs.receiveMessage(request -> request.queueUrl(master).waitTimeSeconds(0));

        Calls calls = CountingInterceptor.CALLS.snapshot().since(before);
        assertThat(calls.byKind())
                .containsEntry(
                        new CallKind(CallKind.SQS, "SendMessageBatch", "regional"), new CallCount(1, 0, 0, 7, 0, 0, 0))
                .containsEntry(
                        new CallKind(CallKind.SQS, "ReceiveMessage", "master"), new CallCount(1, 0, 0, 0, 1, 0, 0));
    }

    private static void put(String id) {
        dynamoDb.putItem(request -> request.tableName(TABLE)
                .item(Map.of(
                        "jobId", fromS(id),
                        "userId", fromS("user-1"),
                        "createdAt", fromS("2026-01-01T00:00:00.000Z"),
                        "checkShard", fromN("3"),
                        "checkAt", fromS("2026-01-01T00:05:00.000Z"),
                        "status", fromS("PENDING")))
                .conditionExpression("attribute_not_exists(jobId)"));
    }

    private static void update(String id, String status) {
        dynamoDb.updateItem(request -> request.tableName(TABLE)
                .key(Map.of("jobId", fromS(id)))
                .updateExpression("SET #s = :s")
                .expressionAttributeNames(Map.of("#s", "status"))
                .expressionAttributeValues(Map.<String, AttributeValue>of(":s", fromS(status)))
                .returnValues(ReturnValue.ALL_NEW));
    }

    private static String queue(String end) {
        return sqs.getQueueUrl(request -> request.queueName("renderfleet-" + OPTIONS.env() + "-" + end))
                .queueUrl();
    }

    private static <B extends AwsClientBuilder<B, C>, C> C at(B builder, java.net.URI endpoint) {
        return builder.endpointOverride(endpoint)
                .region(Region.of(HOME.value()))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(OPTIONS.accessKey(), OPTIONS.secretKey())))
                .build();
    }
}
