package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/**
 * Lists the jobs of a user, newest first. The index is read first, and then the items that it names. Both reads are
 * eventually consistent, so a job appears shortly after its acceptance.
 *
 * <p>Thread-safe.
 */
public final class JobHistory {
    /** The most jobs of a page and of one query of the index: the limit of BatchGetItem. */
    public static final int MAX_PAGE = 100;

    /** The most queries of the index for one page: it limits the cost of a filter that few jobs pass. */
    private static final int MAX_LOOKS = 10;

    private static final KeysAndAttributes STATUS_ONLY = KeysAndAttributes.builder()
            .projectionExpression("#status, #expiry")
            .expressionAttributeNames(Map.of("#status", JobItem.STATUS, "#expiry", JobTable.EXPIRES_AT))
            .build();

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;
    private final BatchReads reads;

    public JobHistory(DynamoDbClient client, String table, Clock clock) {
        this(client, table, clock, Thread::sleep);
    }

    JobHistory(DynamoDbClient client, String table, Clock clock, BatchReads.Pause pause) {
        this.client = client;
        this.table = table;
        this.clock = clock;
        this.reads = new BatchReads(client, table, clock, pause);
    }

    /**
     * The jobs to list. A job is stored with the millisecond in which it was created. A bound with a higher precision
     * includes every job of its millisecond.
     *
     * @param filter the jobs that the page has; those that cannot be read are listed whatever they are, unless their
     *     status is known
     * @param createdAfter inclusive, rounded down to a millisecond; null for no bound
     * @param createdBefore exclusive, rounded up to a millisecond; null for no bound
     * @param limit 1 to {@link #MAX_PAGE}
     * @param from where the previous page ended; null for the first page
     */
    public record Query(
            UserId user,
            JobFilter filter,
            @Nullable Instant createdAfter,
            @Nullable Instant createdBefore,
            int limit,
            @Nullable Position from) {
        public Query {
            if (limit < 1 || limit > MAX_PAGE) {
                throw new IllegalArgumentException("limit must be from 1 to " + MAX_PAGE);
            }
        }
    }

    /** A position in a listing: just after the job with this time and id. */
    public record Position(Instant createdAt, JobId id) {}

    /**
     * A page of a listing.
     *
     * @param unreadable the ids of the jobs of this page that cannot be read, in the order of the listing
     * @param next where the next page starts; null when there is none. The next page may be empty.
     */
    public record Page(
            List<Job> jobs,
            List<JobId> unreadable,
            @Nullable Position next) {}

    /** An item of a listing; {@code job} is null when it cannot be read. */
    private record Entry(
            Position position,
            @Nullable JobStatus status,
            @Nullable Job job) {
        static Entry of(Position position, Map<String, AttributeValue> item) {
            try {
                Job job = JobItem.read(item);
                return new Entry(position, job.status(), job);
            } catch (UnreadableJobException e) {
                return new Entry(position, JobItem.knownStatus(item), null);
            }
        }

        /** Whether the item passes the filter, as far as it can be read. */
        boolean passes(JobFilter filter) {
            return job != null
                    ? filter.matches(job)
                    : filter.status() == null || status == null || status == filter.status();
        }
    }

    /**
     * Reads a page. It omits no job: those that cannot be read are listed by id. A page may have fewer jobs than the limit
     * although others follow, if few jobs pass the filter.
     *
     * @throws SdkException when DynamoDB does not return all of it
     */
    public Page list(Query query) {
        List<Job> found = new ArrayList<>();
        List<JobId> unreadable = new ArrayList<>();
        Position position = query.from();
        for (int looks = 0; looks < MAX_LOOKS; looks++) {
            QueryResponse keys = look(query, position);
            for (Entry entry : items(keys.items())) {
                if (!entry.passes(query.filter())) {
                    continue;
                }
                if (entry.job() == null) {
                    unreadable.add(entry.position().id());
                } else {
                    found.add(entry.job());
                }
                if (found.size() + unreadable.size() == query.limit()) {
                    return new Page(found, unreadable, entry.position());
                }
            }
            if (!keys.hasLastEvaluatedKey() || keys.lastEvaluatedKey().isEmpty()) {
                return new Page(found, unreadable, null);
            }
            position = position(keys.lastEvaluatedKey());
        }
        return new Page(found, unreadable, position);
    }

    /**
     * Counts the open jobs of a user that were created before a certain time. It reads the newest jobs first, and stops
     * when it has found {@code most} open ones or has read a certain number of jobs more than that. Open jobs that are
     * older than a large number of finished ones are not counted. Costs one query and one batch of reads for each
     * hundred jobs.
     *
     * @param createdBefore exclusive, rounded down to a millisecond: the jobs of that millisecond are not counted
     * @param most the largest result, from 1
     */
    public long countOpen(UserId user, Instant createdBefore, int most) {
        Query query =
                new Query(user, JobFilter.ALL, null, createdBefore.truncatedTo(ChronoUnit.MILLIS), MAX_PAGE, null);
        int maxLooks = most / MAX_PAGE + MAX_LOOKS;
        long open = 0;
        Position position = null;
        for (int looks = 0; looks < maxLooks && open < most; looks++) {
            QueryResponse keys = look(query, position);
            open += openOf(keys.items());
            if (!keys.hasLastEvaluatedKey() || keys.lastEvaluatedKey().isEmpty()) {
                break;
            }
            position = position(keys.lastEvaluatedKey());
        }
        return Math.min(open, most);
    }

    private long openOf(List<Map<String, AttributeValue>> keys) {
        Instant now = clock.instant();
        return reads.fetch(keys, STATUS_ONLY).stream()
                .filter(item -> !JobItem.isExpired(item, now))
                // An unknown status, which a newer version wrote, may be an open one, so it is counted.
                .filter(item -> {
                    JobStatus status = JobItem.knownStatus(item);
                    return status == null || !status.isTerminal();
                })
                .count();
    }

    private QueryResponse look(Query query, @Nullable Position from) {
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(":user", fromS(query.user().value()));
        String condition = JobTable.USER_ID + " = :user";
        if (query.createdAfter() != null || query.createdBefore() != null) {
            Instant after = Objects.requireNonNullElse(query.createdAfter(), Instant.EPOCH);
            // The stored form has milliseconds, so the bound is rounded down.
            values.put(":after", JobItem.time(after));
            if (query.createdBefore() == null) {
                condition += " AND " + JobTable.CREATED_AT + " >= :after";
            } else {
                // A key condition takes one range: BETWEEN includes its upper end, and times are whole milliseconds.
                Instant before = Timestamps.roundedUp(query.createdBefore()).minusMillis(1);
                if (before.isBefore(after.truncatedTo(ChronoUnit.MILLIS))) {
                    return QueryResponse.builder().build();
                }
                values.put(":before", JobItem.time(before));
                condition += " AND " + JobTable.CREATED_AT + " BETWEEN :after AND :before";
            }
        }
        String keyCondition = condition;
        return client.query(request -> request.tableName(table)
                .indexName(JobTable.BY_USER)
                .keyConditionExpression(keyCondition)
                .expressionAttributeValues(values)
                .scanIndexForward(false)
                .limit(query.filter().isAll() ? query.limit() : MAX_PAGE)
                .exclusiveStartKey(from == null ? null : key(query.user(), from)));
    }

    private List<Entry> items(List<Map<String, AttributeValue>> keys) {
        Map<String, Map<String, AttributeValue>> items = reads.fetch(keys, BatchReads.WHOLE).stream()
                .collect(Collectors.toMap(JobItem::key, Function.identity()));
        Instant now = clock.instant();
        List<Entry> entries = new ArrayList<>();
        for (Map<String, AttributeValue> key : keys) {
            Map<String, AttributeValue> item = items.get(JobItem.key(key));
            if (item != null && !JobItem.isExpired(item, now)) {
                entries.add(Entry.of(position(key), item));
            }
        }
        return entries;
    }

    private static Position position(Map<String, AttributeValue> key) {
        return new Position(
                Timestamps.read(
                        Objects.requireNonNull(key.get(JobTable.CREATED_AT)).s()),
                JobId.of(Objects.requireNonNull(key.get(JobTable.JOB_ID)).s()));
    }

    private static Map<String, AttributeValue> key(UserId user, Position position) {
        return Map.of(
                JobTable.USER_ID, fromS(user.value()),
                JobTable.CREATED_AT, JobItem.time(position.createdAt()),
                JobTable.JOB_ID, fromS(position.id().toString()));
    }
}
