package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Reads the states of many jobs, for those who follow them. All reads are eventually consistent: a state can be a second
 * old, and older than one that was read before.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as {@link SdkException}.
 */
public final class JobStates {
    /** The most jobs of one call: the limit of BatchGetItem. */
    public static final int MAX_BATCH = 100;

    private static final Map<String, String> NAMES = IntStream.range(0, JobState.ATTRIBUTES.size())
            .boxed()
            .collect(Collectors.toUnmodifiableMap(i -> "#a" + i, JobState.ATTRIBUTES::get));
    private static final String PROJECTION = String.join(", ", NAMES.keySet());

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;

    public JobStates(DynamoDbClient client, String table, Clock clock) {
        this.client = client;
        this.table = table;
        this.clock = clock;
    }

    /**
     * What one call read.
     *
     * @param states the states by job
     * @param missing the jobs that do not exist or have expired, as far as is known
     */
    public record Read(Map<JobId, JobState> states, Set<JobId> missing) {}

    /**
     * Reads the states of jobs with one call. A job that DynamoDB left unprocessed, or that this version cannot read, is
     * in neither part of the answer: read it again later.
     *
     * @param ids 1 to {@link #MAX_BATCH}
     */
    public Read read(Collection<JobId> ids) {
        KeysAndAttributes wanted = projection().toBuilder()
                .keys(ids.stream().map(ConditionalUpdate::key).toList())
                .build();
        var response = client.batchGetItem(request -> request.requestItems(Map.of(table, wanted)));
        Set<JobId> missing = new HashSet<>(ids);
        KeysAndAttributes left = response.unprocessedKeys().get(table);
        if (left != null) {
            left.keys().forEach(key -> missing.remove(JobId.of(JobItem.key(key))));
        }
        Instant now = clock.instant();
        List<Map<String, AttributeValue>> items = response.responses().getOrDefault(table, List.of());
        items.stream()
                .filter(item -> !JobItem.isExpired(item, now))
                .forEach(item -> missing.remove(JobId.of(JobItem.key(item))));
        return new Read(read(items, now), missing);
    }

    /** The attributes of a state. */
    static KeysAndAttributes projection() {
        return KeysAndAttributes.builder()
                .projectionExpression(PROJECTION)
                .expressionAttributeNames(NAMES)
                .build();
    }

    /** The states of these items, without those that have expired or cannot be read. */
    static Map<JobId, JobState> read(List<Map<String, AttributeValue>> items, Instant now) {
        Map<JobId, JobState> states = new HashMap<>();
        for (Map<String, AttributeValue> item : items) {
            if (JobItem.isExpired(item, now)) {
                continue;
            }
            try {
                states.put(JobId.of(JobItem.key(item)), JobState.read(item));
            } catch (UnreadableJobException e) {
                // A newer version wrote it, and an instance of that version shows it.
            }
        }
        return states;
    }

    /**
     * One page of the ids of a user's jobs, newest first.
     *
     * @param ids at most {@link #MAX_BATCH}
     * @param next the start of the next page; null when there is none
     */
    public record Page(List<JobId> ids, @Nullable Map<String, AttributeValue> next) {
        /** Whether there is another page. */
        public boolean hasNext() {
            return next != null;
        }
    }

    /**
     * Reads a page of the user's jobs with one call.
     *
     * @param createdFrom only the jobs created at that time or later
     * @param after the page before; null for the first
     */
    public Page newest(UserId user, Instant createdFrom, @Nullable Page after) {
        var response = client.query(request -> request.tableName(table)
                .indexName(JobTable.BY_USER)
                .keyConditionExpression(JobTable.USER_ID + " = :user AND " + JobTable.CREATED_AT + " >= :from")
                .expressionAttributeValues(Map.of(":user", fromS(user.value()), ":from", JobItem.time(createdFrom)))
                .scanIndexForward(false)
                .limit(MAX_BATCH)
                .exclusiveStartKey(after == null ? null : after.next()));
        return new Page(
                response.items().stream().map(key -> JobId.of(JobItem.key(key))).toList(),
                response.hasLastEvaluatedKey() && !response.lastEvaluatedKey().isEmpty()
                        ? response.lastEvaluatedKey()
                        : null);
    }
}
