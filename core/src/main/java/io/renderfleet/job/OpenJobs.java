package io.renderfleet.job;

import io.renderfleet.job.JobRecovery.DueEntries;
import io.renderfleet.job.JobRecovery.ParkedJob;
import io.renderfleet.job.JobRecovery.Progress;
import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Eventually consistent reads of several open jobs: of the index {@link JobTable#OPEN_JOBS}, and of chosen attributes
 * of the table. An entry that cannot be read never hides the others.
 */
final class OpenJobs {
    private final JobDatabase database;

    OpenJobs(JobDatabase database) {
        this.database = database;
    }

    DueEntries due(int shard, int limit) {
        List<JobId> ids = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        String condition = JobTable.CHECK_SHARD + " = :shard AND " + JobTable.CHECK_AT + " <= :now";
        Map<String, AttributeValue> values =
                Map.of(":shard", JobItem.number(shard), ":now", JobItem.time(database.now()));
        for (Map<String, AttributeValue> entry : query(condition, values, limit)) {
            String key = JobItem.key(entry);
            try {
                ids.add(JobId.of(key));
            } catch (IllegalArgumentException e) {
                unreadable.add(key);
            }
        }
        return new DueEntries(ids, unreadable);
    }

    List<ParkedJob> parked(int limit) {
        return query(JobTable.CHECK_SHARD + " = :shard", Map.of(":shard", JobItem.number(JobTable.PARKED_SHARD)), limit)
                .stream()
                .map(entry -> new ParkedJob(
                        JobItem.key(entry),
                        Objects.requireNonNull(entry.get(JobTable.CHECK_AT)).s()))
                .toList();
    }

    private List<Map<String, AttributeValue>> query(String condition, Map<String, AttributeValue> values, int limit) {
        return database.client()
                .query(request -> request.tableName(database.table())
                        .indexName(JobTable.OPEN_JOBS)
                        .keyConditionExpression(condition)
                        .expressionAttributeValues(values)
                        .limit(limit))
                .items();
    }

    List<Progress> progress(Collection<JobId> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        KeysAndAttributes keys = KeysAndAttributes.builder()
                .keys(ids.stream()
                        .limit(JobRecovery.MAX_PROGRESS)
                        .map(ConditionalUpdate::key)
                        .toList())
                .projectionExpression("#id, #created, #region, #started")
                .expressionAttributeNames(Map.of(
                        "#id", JobTable.JOB_ID,
                        "#created", JobTable.CREATED_AT,
                        "#region", JobItem.REGION,
                        "#started", JobItem.STARTED_AT))
                .build();
        return database
                .client()
                .batchGetItem(request -> request.requestItems(Map.of(database.table(), keys)))
                .responses()
                .getOrDefault(database.table(), List.of())
                .stream()
                .flatMap(OpenJobs::readable)
                .toList();
    }

    private static Stream<Progress> readable(Map<String, AttributeValue> item) {
        try {
            return Stream.of(new Progress(
                    JobId.of(JobItem.key(item)),
                    Timestamps.read(JobItem.text(item, JobTable.CREATED_AT)),
                    JobItem.optional(item, JobItem.REGION, value -> new RegionId(value.s())),
                    JobItem.optional(item, JobItem.STARTED_AT, JobItem::time)));
        } catch (RuntimeException e) {
            return Stream.empty();
        }
    }
}
