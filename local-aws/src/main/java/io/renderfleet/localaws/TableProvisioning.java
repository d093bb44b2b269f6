package io.renderfleet.localaws;

import io.renderfleet.job.JobTable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/** Makes the jobs table as CloudFormation would, unless it is there. */
final class TableProvisioning {
    private final DynamoDbClient dynamoDb;

    TableProvisioning(DynamoDbClient dynamoDb) {
        this.dynamoDb = dynamoDb;
    }

    void jobs(String env) {
        String table = JobTable.name(env);
        try {
            create(table);
        } catch (ResourceInUseException kept) {
            // Kept in the data directory from an earlier run.
        }
        var ttl = dynamoDb.describeTimeToLive(request -> request.tableName(table))
                .timeToLiveDescription()
                .timeToLiveStatus();
        if (ttl != TimeToLiveStatus.ENABLED) {
            dynamoDb.updateTimeToLive(request -> request.tableName(table)
                    .timeToLiveSpecification(
                            spec -> spec.attributeName(JobTable.EXPIRES_AT).enabled(true)));
        }
    }

    private void create(String table) {
        dynamoDb.createTable(request -> request.tableName(table)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(key(JobTable.JOB_ID, KeyType.HASH))
                .attributeDefinitions(
                        attribute(JobTable.JOB_ID, ScalarAttributeType.S),
                        attribute(JobTable.USER_ID, ScalarAttributeType.S),
                        attribute(JobTable.CREATED_AT, ScalarAttributeType.S),
                        attribute(JobTable.CHECK_SHARD, ScalarAttributeType.N),
                        attribute(JobTable.CHECK_AT, ScalarAttributeType.S))
                .globalSecondaryIndexes(
                        index(JobTable.BY_USER, JobTable.USER_ID, JobTable.CREATED_AT),
                        index(JobTable.OPEN_JOBS, JobTable.CHECK_SHARD, JobTable.CHECK_AT)));
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
