package io.renderfleet.localaws;

import io.renderfleet.job.JobTable;
import io.renderfleet.region.FleetTable;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/** Creates the tables of the CloudFormation templates, unless they exist. */
final class TableProvisioning {
    private final DynamoDbClient dynamoDb;

    TableProvisioning(DynamoDbClient dynamoDb) {
        this.dynamoDb = dynamoDb;
    }

    void all(String env) {
        make(JobTable.name(env), TableProvisioning::jobs, JobTable.EXPIRES_AT);
        make(FleetTable.name(env), TableProvisioning::fleet, FleetTable.EXPIRES_AT);
    }

    private void make(String table, UnaryOperator<CreateTableRequest.Builder> form, String expiry) {
        try {
            dynamoDb.createTable(
                    form.apply(CreateTableRequest.builder().tableName(table).billingMode(BillingMode.PAY_PER_REQUEST))
                            .build());
        } catch (ResourceInUseException kept) {
            // The table exists in the data directory from an earlier run.
        }
        var ttl = dynamoDb.describeTimeToLive(request -> request.tableName(table))
                .timeToLiveDescription()
                .timeToLiveStatus();
        if (ttl != TimeToLiveStatus.ENABLED) {
            dynamoDb.updateTimeToLive(request -> request.tableName(table)
                    .timeToLiveSpecification(spec -> spec.attributeName(expiry).enabled(true)));
        }
    }

    private static CreateTableRequest.Builder fleet(CreateTableRequest.Builder table) {
        return table.keySchema(key(FleetTable.ID, KeyType.HASH))
                .attributeDefinitions(attribute(FleetTable.ID, ScalarAttributeType.S));
    }

    private static CreateTableRequest.Builder jobs(CreateTableRequest.Builder table) {
        return table.keySchema(key(JobTable.JOB_ID, KeyType.HASH))
                .attributeDefinitions(
                        attribute(JobTable.JOB_ID, ScalarAttributeType.S),
                        attribute(JobTable.USER_ID, ScalarAttributeType.S),
                        attribute(JobTable.CREATED_AT, ScalarAttributeType.S),
                        attribute(JobTable.CHECK_SHARD, ScalarAttributeType.N),
                        attribute(JobTable.CHECK_AT, ScalarAttributeType.S),
                        attribute(JobTable.FAIL_SHARD, ScalarAttributeType.N),
                        attribute(JobTable.FINISHED_AT, ScalarAttributeType.S))
                .globalSecondaryIndexes(
                        index(JobTable.BY_USER, JobTable.USER_ID, JobTable.CREATED_AT),
                        index(JobTable.OPEN_JOBS, JobTable.CHECK_SHARD, JobTable.CHECK_AT).toBuilder()
                                .projection(projection -> projection
                                        .projectionType(ProjectionType.INCLUDE)
                                        .nonKeyAttributes(JobTable.OPEN_JOBS_ATTRIBUTES))
                                .build(),
                        index(JobTable.FAILED_JOBS, JobTable.FAIL_SHARD, JobTable.FINISHED_AT));
    }

    private static GlobalSecondaryIndex index(String name, String hash, String range) {
        return GlobalSecondaryIndex.builder()
                .indexName(name)
                .keySchema(key(hash, KeyType.HASH), key(range, KeyType.RANGE))
                .projection(projection -> projection.projectionType(ProjectionType.KEYS_ONLY))
                .build();
    }

    private static KeySchemaElement key(String attribute, KeyType type) {
        return KeySchemaElement.builder().attributeName(attribute).keyType(type).build();
    }

    private static AttributeDefinition attribute(String name, ScalarAttributeType type) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(type)
                .build();
    }
}
