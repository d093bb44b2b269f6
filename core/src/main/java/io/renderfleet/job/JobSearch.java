package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.JobHistory.Position;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/**
 * Finds jobs of all users: the open ones, and those that failed. All reads are eventually consistent, so a job appears
 * shortly after its acceptance or its failure.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as {@link SdkException}.
 */
public final class JobSearch {
    /** The most open jobs that one call reads the keys of, in all shards together. */
    public static final int MAX_KEYS = 20_000;

    /** All shards of the index of open jobs, with that of parked jobs. */
    private static final int SHARDS = JobTable.CHECK_SHARDS + 1;

    /** The most batches of items for one page: it limits the cost of a filter that few jobs pass. */
    private static final int MAX_LOOKS = 10;

    private static final int BATCH = JobHistory.MAX_PAGE;

    private static final KeysAndAttributes STATUS_ONLY = KeysAndAttributes.builder()
            .projectionExpression("#status")
            .expressionAttributeNames(Map.of("#status", JobItem.STATUS))
            .build();

    private static final Comparator<Position> OLDEST_FIRST = Comparator.comparing(Position::createdAt)
            .thenComparing(position -> position.id().toString());

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;
    private final BatchReads reads;
    private final int mostKeys;

    public JobSearch(DynamoDbClient client, String table, Clock clock) {
        this(client, table, clock, MAX_KEYS);
    }

    JobSearch(DynamoDbClient client, String table, Clock clock, int mostKeys) {
        this.client = client;
        this.table = table;
        this.clock = clock;
        this.reads = new BatchReads(client, table, clock, Thread::sleep);
        this.mostKeys = mostKeys;
    }

    /**
     * The jobs to find.
     *
     * @param user null for any user
     * @param limit 1 to {@link JobHistory#MAX_PAGE}
     * @param from where the previous page ended; null for the first page
     */
    public record Query(
            @Nullable UserId user,
            JobFilter filter,
            int limit,
            @Nullable Position from) {
        public Query {
            if (limit < 1 || limit > JobHistory.MAX_PAGE) {
                throw new IllegalArgumentException("limit must be from 1 to " + JobHistory.MAX_PAGE);
            }
        }

        private boolean matches(Job job) {
            return (user == null || user.equals(job.userId())) && filter.matches(job);
        }
    }

    /**
     * A page of jobs. It may have fewer than the limit although others follow.
     *
     * @param unreadable the ids of the jobs of this page that cannot be read
     * @param next where the next page starts; null when there is none
     * @param incomplete whether there are more open jobs than one call reads, so that some were not considered
     */
    public record Page(
            List<Job> jobs,
            List<JobId> unreadable,
            @Nullable Position next,
            boolean incomplete) {}

    /** What one call read of the index of open jobs. */
    private record Entries(List<Map<String, AttributeValue>> keys, boolean incomplete) {}

    /**
     * Counts the open jobs about a subject. It reads the keys of at most {@value #MAX_KEYS} open jobs, and is exact if
     * there are not more. A job that was accepted in the last second may not be counted.
     *
     * @param user whose jobs are counted; null for all users
     * @param most the largest result, from 1: more are not counted
     */
    public long countOpenAbout(@Nullable UserId user, String subject, int most) {
        List<Map<String, AttributeValue>> found = entries(user, subject).keys();
        long open = 0;
        for (int from = 0; from < found.size() && open < most; from += BATCH) {
            // The index also has jobs that have ended and whose event was not sent yet.
            open += reads.fetch(found.subList(from, Math.min(found.size(), from + BATCH)), STATUS_ONLY).stream()
                    .map(JobItem::knownStatus)
                    .filter(status -> status == null || !status.isTerminal())
                    .count();
        }
        return Math.min(open, most);
    }

    /** A page of the open jobs, oldest first. The status of the filter, if any, must be an open one. */
    public Page open(Query query) {
        Entries entries = entries(query.user(), query.filter().subject());
        Instant before = query.filter().createdBefore();
        List<Entry> sorted = entries.keys().stream()
                .flatMap(key -> Entry.of(key, JobTable.CREATED_AT).stream())
                .filter(entry -> before == null || entry.position().createdAt().isBefore(before))
                .filter(entry -> query.from() == null || OLDEST_FIRST.compare(entry.position(), query.from()) > 0)
                .sorted(Comparator.comparing(Entry::position, OLDEST_FIRST))
                .toList();
        Collected page = new Collected(query, status -> status == null || !status.isTerminal());
        for (int looks = 0, from = 0; from < sorted.size() && !page.isFull(); looks++, from += BATCH) {
            if (looks == MAX_LOOKS) {
                return page.toPage(true, entries.incomplete());
            }
            page.read(sorted.subList(from, Math.min(sorted.size(), from + BATCH)));
        }
        return page.toPage(page.isFull(), entries.incomplete());
    }

    /** A page of the jobs that failed, the latest failure first; {@link Position} has the time of the failure. */
    public Page failed(Query query) {
        Collected page = new Collected(query, status -> status == null || status == JobStatus.FAILED);
        page.last = query.from();
        for (int looks = 0; looks < MAX_LOOKS; looks++) {
            List<Entry> latest = latestFailures(page.last);
            page.read(latest);
            if (page.isFull() || latest.size() < BATCH) {
                return page.toPage(page.isFull(), false);
            }
        }
        return page.toPage(true, false);
    }

    /** The {@value #BATCH} latest failures before a position, or fewer if there are no more. */
    private List<Entry> latestFailures(@Nullable Position before) {
        return IntStream.range(0, JobTable.CHECK_SHARDS)
                .mapToObj(shard -> failures(shard, before).items())
                .flatMap(List::stream)
                .flatMap(key -> Entry.of(key, JobTable.FINISHED_AT).stream())
                .filter(entry -> before == null || OLDEST_FIRST.compare(entry.position(), before) < 0)
                .sorted(Comparator.comparing(Entry::position, OLDEST_FIRST).reversed())
                .limit(BATCH)
                .toList();
    }

    private QueryResponse failures(int shard, @Nullable Position before) {
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(":shard", JobItem.number(shard));
        if (before != null) {
            values.put(":before", JobItem.time(before.createdAt()));
        }
        // The failures of the same millisecond are read again. A shard cannot have as many of them as a query returns.
        return client.query(request -> request.tableName(table)
                .indexName(JobTable.FAILED_JOBS)
                .keyConditionExpression(JobTable.FAIL_SHARD + " = :shard"
                        + (before == null ? "" : " AND " + JobTable.FINISHED_AT + " <= :before"))
                .expressionAttributeValues(values)
                .scanIndexForward(false)
                .limit(2 * BATCH));
    }

    /** The entries of the index of open jobs with this user and subject. Each null allows all. */
    private Entries entries(@Nullable UserId user, @Nullable String subject) {
        Map<String, String> names = new HashMap<>();
        Map<String, AttributeValue> values = new HashMap<>();
        List<String> filter = new ArrayList<>();
        if (user != null) {
            names.put("#user", JobTable.USER_ID);
            values.put(":user", fromS(user.value()));
            filter.add("#user = :user");
        }
        if (subject != null) {
            names.put("#subject", JobTable.SUBJECT);
            values.put(":subject", fromS(subject));
            filter.add("#subject = :subject");
        }
        // A job that is moved to another shard at this time has two entries.
        Map<String, Map<String, AttributeValue>> found = new HashMap<>();
        boolean incomplete = false;
        for (int shard = 0; shard < SHARDS; shard++) {
            values.put(":shard", JobItem.number(shard));
            int left = Math.ceilDiv(mostKeys, SHARDS);
            Map<String, AttributeValue> start = null;
            do {
                Map<String, AttributeValue> from = start;
                int limit = left;
                QueryResponse response = client.query(request -> request.tableName(table)
                        .indexName(JobTable.OPEN_JOBS)
                        .keyConditionExpression(JobTable.CHECK_SHARD + " = :shard")
                        .filterExpression(filter.isEmpty() ? null : String.join(" AND ", filter))
                        .expressionAttributeNames(names.isEmpty() ? null : names)
                        .expressionAttributeValues(values)
                        .limit(limit)
                        .exclusiveStartKey(from));
                response.items().forEach(entry -> found.put(JobItem.key(entry), entry));
                left -= response.scannedCount();
                start = response.hasLastEvaluatedKey()
                                && !response.lastEvaluatedKey().isEmpty()
                        ? response.lastEvaluatedKey()
                        : null;
            } while (start != null && left > 0);
            incomplete |= start != null;
        }
        return new Entries(List.copyOf(found.values()), incomplete);
    }

    /** An entry of an index. */
    private record Entry(Position position, Map<String, AttributeValue> key) {
        /** Empty for an entry that no service writes; {@link JobRecovery#listParked} shows those of open jobs. */
        static List<Entry> of(Map<String, AttributeValue> key, String time) {
            try {
                return List.of(new Entry(
                        new Position(Timestamps.read(JobItem.text(key, time)), JobId.of(JobItem.key(key))), key));
            } catch (RuntimeException e) {
                return List.of();
            }
        }
    }

    /** The jobs of a page, as far as they were read. */
    private final class Collected {
        private final Query query;
        private final Predicate<@Nullable JobStatus> wanted;
        private final List<Job> jobs = new ArrayList<>();
        private final List<JobId> unreadable = new ArrayList<>();
        private @Nullable Position last;

        Collected(Query query, Predicate<@Nullable JobStatus> wanted) {
            this.query = query;
            this.wanted = wanted;
        }

        boolean isFull() {
            return jobs.size() + unreadable.size() == query.limit();
        }

        /** Reads the items of entries, in their order, until the page is full. */
        void read(List<Entry> entries) {
            Map<String, Map<String, AttributeValue>> items =
                    reads.fetch(entries.stream().map(Entry::key).toList(), BatchReads.WHOLE).stream()
                            .collect(Collectors.toMap(JobItem::key, Function.identity()));
            Instant now = clock.instant();
            for (Entry entry : entries) {
                if (isFull()) {
                    return;
                }
                last = entry.position();
                Map<String, AttributeValue> item = items.get(JobItem.key(entry.key()));
                if (item != null && !JobItem.isExpired(item, now) && wanted.test(JobItem.knownStatus(item))) {
                    add(item);
                }
            }
        }

        private void add(Map<String, AttributeValue> item) {
            try {
                Job job = JobItem.read(item);
                if (query.matches(job)) {
                    jobs.add(job);
                }
            } catch (UnreadableJobException e) {
                // It may be one of those that the caller wants.
                unreadable.add(JobId.of(JobItem.key(item)));
            }
        }

        Page toPage(boolean more, boolean incomplete) {
            return new Page(
                    jobs, unreadable, more ? Objects.requireNonNull(last, "A job was read.") : null, incomplete);
        }
    }
}
