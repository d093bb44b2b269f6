package io.renderfleet.localaws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.job.JobTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalDynamoDbTests {
    private static final String TABLE = "renderfleet-local-jobs";

    private LocalAws aws;
    private TestClients clients;
    private DynamoDbClient dynamoDb;

    @BeforeAll
    void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        clients = new TestClients(aws);
        dynamoDb = clients.dynamoDb();
    }

    @AfterAll
    void stop() {
        clients.close();
        aws.close();
    }

    @Test
    void jobsTableHasItsKeyIndexesAndTimeToLive() {
        var table = dynamoDb.describeTable(request -> request.tableName(TABLE)).table();
        var ttl =
                dynamoDb.describeTimeToLive(request -> request.tableName(TABLE)).timeToLiveDescription();

        assertThat(table.keySchema())
                .singleElement()
                .satisfies(key -> assertThat(key.attributeName()).isEqualTo(JobTable.JOB_ID));
        assertThat(table.billingModeSummary().billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
        assertThat(table.globalSecondaryIndexes())
                .extracting(GlobalSecondaryIndexDescription::indexName)
                .containsExactlyInAnyOrder(JobTable.BY_USER, JobTable.OPEN_JOBS, JobTable.FAILED_JOBS);
        assertThat(table.globalSecondaryIndexes())
                .allSatisfy(index -> assertThat(index.projection().nonKeyAttributes())
                        .containsExactlyElementsOf(
                                index.indexName().equals(JobTable.OPEN_JOBS)
                                        ? JobTable.OPEN_JOBS_ATTRIBUTES
                                        : List.of()));
        assertThat(ttl.timeToLiveStatus()).isEqualTo(TimeToLiveStatus.ENABLED);
        assertThat(ttl.attributeName()).isEqualTo(JobTable.EXPIRES_AT);
    }

    @Test
    void refusedConditionalWriteShowsItemThatIsThere() {
        putNew("taken", "ann");

        assertThatExceptionOfType(ConditionalCheckFailedException.class)
                .isThrownBy(() -> putNew("taken", "bob"))
                .satisfies(refusal ->
                        assertThat(refusal.item()).containsEntry(JobTable.USER_ID, AttributeValue.fromS("ann")));
    }

    @Test
    void reportsWhatWriteConsumesOnTableAndIndexes() {
        var consumed = putNew("counted", "ann").consumedCapacity();

        assertThat(consumed.table().capacityUnits()).isEqualTo(1.0);
        assertThat(consumed.globalSecondaryIndexes()).containsOnlyKeys(JobTable.BY_USER, JobTable.OPEN_JOBS);
        assertThat(consumed.capacityUnits()).isEqualTo(3.0);
    }

    @Test
    void findsJobsOfUserByIndex() {
        putNew("one", "carol");
        putNew("two", "carol");
        putNew("three", "dave");

        var found = dynamoDb.query(request -> request.tableName(TABLE)
                        .indexName(JobTable.BY_USER)
                        .keyConditionExpression(JobTable.USER_ID + " = :user")
                        .expressionAttributeValues(Map.of(":user", AttributeValue.fromS("carol"))))
                .items();

        assertThat(found)
                .extracting(item -> item.get(JobTable.JOB_ID))
                .containsExactlyInAnyOrder(AttributeValue.fromS("one"), AttributeValue.fromS("two"));
    }

    private PutItemResponse putNew(String jobId, String userId) {
        return dynamoDb.putItem(request -> request.tableName(TABLE)
                .item(Map.of(
                        JobTable.JOB_ID, AttributeValue.fromS(jobId),
                        JobTable.USER_ID, AttributeValue.fromS(userId),
                        JobTable.CREATED_AT, AttributeValue.fromS("2026-01-01T00:00:00.000Z"),
                        JobTable.CHECK_SHARD, AttributeValue.fromN("0"),
                        JobTable.CHECK_AT, AttributeValue.fromS("2026-01-01T00:01:00.000Z")))
                .conditionExpression("attribute_not_exists(" + JobTable.JOB_ID + ")")
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES));
    }
}
