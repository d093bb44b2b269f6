package io.renderfleet.jobtype.inference.batch;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromB;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.batch.Batch.Cancelled;
import io.renderfleet.jobtype.inference.batch.Batch.Counts;
import io.renderfleet.jobtype.inference.fleet.FleetItems;
import io.renderfleet.region.FleetTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The batches in the fleet table: one item for each, and one with the ids of those that are not over. One instance of the
 * API works on a batch at a time. It has a lease, and each of its writes is conditional on the lease, so that another
 * instance can continue when the first one does not report any more.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
final class BatchStore {
    /** How long a batch and its files are kept, from its acceptance; not longer than its jobs by default. */
    static final Duration KEPT = Duration.ofDays(30);

    /** Longer than any step after which the lease is renewed. */
    static final Duration LEASE = Duration.ofSeconds(60);

    private static final String DIRECTORY = "batches";
    private static final String OPEN = "open-";

    private static final String USER = "userId";
    private static final String PRIORITY = "priority";
    private static final String DIGEST = "digest";
    private static final String FILES = "files";
    private static final String CREATED = "createdAt";
    private static final String TOTAL = "total";
    private static final String SIZES = "sizes";
    private static final String SUBMITTED = "submitted";
    private static final String POSITION = "position";
    private static final String COMPLETED = "completed";
    private static final String FAILED = "failed";
    private static final String CANCELLED = "cancelled";
    private static final String ENDED = "endedAt";
    private static final String RESULTS = "results";
    private static final String NEXT = "nextAt";
    private static final String LEASE_FIELD = "lease";
    private static final String OWNER = "owner";
    private static final String UNTIL = "until";

    private final FleetItems items;
    private final Clock clock;
    private final Duration lease;
    private final String owner = UUID.randomUUID().toString();

    /** @param lease longer than any step after which the lease is renewed; {@link #LEASE} except in tests */
    BatchStore(FleetItems items, Clock clock, Duration lease) {
        this.items = items;
        this.clock = clock;
        this.lease = lease;
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** The batch; empty if it does not exist or has expired. */
    Optional<Batch> find(BatchId id) {
        // DynamoDB deletes an expired item with a delay of up to a few days.
        return read(id, items.getLatest(key(id)))
                .filter(batch -> batch.expiresAt().isAfter(now()));
    }

    /**
     * Stores a batch that was accepted, unless its id exists.
     *
     * @return the batch that has the id now
     */
    Batch create(Batch batch) {
        byte[] sizes = new byte[batch.sizes().size()];
        for (int job = 0; job < sizes.length; job++) {
            sizes[job] = batch.sizes().get(job).byteValue();
        }
        FleetItems.Result result = items.write(key(batch.id()))
                .whenAbsent(DIGEST)
                .set(USER, fromS(batch.user().value()))
                .set(PRIORITY, fromS(batch.priority().name()))
                .set(DIGEST, fromS(batch.digest()))
                .set(FILES, fromS(batch.files()))
                .set(CREATED, FleetItems.time(batch.createdAt()))
                .set(TOTAL, FleetItems.number(batch.counts().total()))
                .set(SIZES, fromB(SdkBytes.fromByteArray(sizes)))
                .set(SUBMITTED, FleetItems.number(0))
                .set(POSITION, FleetItems.number(0))
                .set(COMPLETED, FleetItems.number(0))
                .set(FAILED, FleetItems.number(0))
                .set(NEXT, FleetItems.time(batch.nextAt()))
                .set(FleetTable.EXPIRES_AT, FleetItems.number(batch.expiresAt().getEpochSecond()))
                .apply();
        return read(batch.id(), result.item()).orElseThrow();
    }

    /** Makes sure that some instance of the API works on a batch. */
    void open(BatchId id) {
        var _ = items.write(DIRECTORY).set(OPEN + id, FleetItems.time(now())).apply();
    }

    /** Nothing is left to do for a batch. */
    void close(BatchId id) {
        var _ = items.write(DIRECTORY).remove(OPEN + id).apply();
    }

    /** The batches that are not over. A batch that was accepted within the last second may be missing. */
    List<BatchId> open() {
        List<BatchId> open = new ArrayList<>();
        items.get(DIRECTORY).keySet().forEach(name -> {
            if (name.startsWith(OPEN)) {
                open.add(BatchId.of(name.substring(OPEN.length())));
            }
        });
        return open;
    }

    /**
     * Takes the lease of a batch; empty if another instance has it, or the batch does not exist. A lease that this instance
     * has already is renewed: the response to an earlier claim was lost, or the lease could not be given back. An instance
     * must therefore not claim a batch that it works on.
     */
    Optional<Batch> claim(BatchId id) {
        FleetItems.Result result = items.write(key(id))
                .whenAtLeast(TOTAL, 1)
                .whenAbsentOrLess(LEASE_FIELD, UNTIL, FleetItems.time(now()))
                .set(LEASE_FIELD, lease(lease))
                .apply();
        if (result.applied()) {
            return read(id, result.item());
        }
        return isOwn(result.item()) ? read(id, result.item()).map(this::renew) : Optional.empty();
    }

    private boolean isOwn(Map<String, AttributeValue> item) {
        AttributeValue lease = item.get(LEASE_FIELD);
        return lease != null && FleetItems.text(lease.m(), OWNER).equals(owner);
    }

    /** Another instance works on the batch. */
    static final class LeaseLostException extends RuntimeException {
        LeaseLostException(BatchId id) {
            super("another instance works on batch " + id);
        }
    }

    /**
     * Stores how far the submission of a batch is, and renews the lease.
     *
     * @return the batch as it is now
     */
    Batch submitted(Batch batch, int submitted, long position) {
        return apply(
                batch,
                owned(batch, lease)
                        .set(SUBMITTED, FleetItems.number(submitted))
                        .set(POSITION, FleetItems.number(position)));
    }

    /** Renews the lease. */
    Batch renew(Batch batch) {
        return apply(batch, owned(batch, lease));
    }

    /** Stores the numbers of tasks that have ended. */
    Batch counted(Batch batch, Counts counts) {
        return apply(
                batch,
                owned(batch, lease)
                        .set(COMPLETED, FleetItems.number(counts.completed()))
                        .set(FAILED, FleetItems.number(counts.failed())));
    }

    /** Ends the batch. */
    Batch ended(Batch batch, Counts counts, String results) {
        return apply(
                batch,
                owned(batch, lease)
                        .set(COMPLETED, FleetItems.number(counts.completed()))
                        .set(FAILED, FleetItems.number(counts.failed()))
                        .set(RESULTS, fromS(results))
                        .set(ENDED, FleetItems.time(now())));
    }

    /** Gives the lease back. Any instance works on the batch again after a pause. */
    Batch release(Batch batch, Duration pause) {
        return apply(batch, owned(batch, Duration.ZERO).set(NEXT, FleetItems.time(now().plus(pause))));
    }

    /** The outcome of {@link #cancel}. */
    enum Cancelling {
        REQUESTED,
        /** The batch was cancelled before. */
        REPEATED,
        /** The batch has ended without having been cancelled. */
        OVER,
        UNKNOWN
    }

    /** Asks the instance that works on a batch next to cancel it. */
    Cancelling cancel(BatchId id, Cancelled why) {
        FleetItems.Result result = items.write(key(id))
                .whenAtLeast(TOTAL, 1)
                .whenAbsent(ENDED)
                .whenAbsent(CANCELLED)
                .set(CANCELLED, fromS(why.name()))
                .set(NEXT, FleetItems.time(now()))
                .apply();
        if (result.applied()) {
            return Cancelling.REQUESTED;
        }
        Optional<Batch> batch = read(id, result.item());
        if (batch.isEmpty()) {
            return Cancelling.UNKNOWN;
        }
        return batch.get().cancelled() == null ? Cancelling.OVER : Cancelling.REPEATED;
    }

    private FleetItems.Write owned(Batch batch, Duration length) {
        return items.write(key(batch.id()))
                .whenField(LEASE_FIELD, OWNER, fromS(owner))
                .set(LEASE_FIELD, lease(length));
    }

    private Batch apply(Batch batch, FleetItems.Write write) {
        FleetItems.Result result = write.apply();
        if (!result.applied()) {
            throw new LeaseLostException(batch.id());
        }
        return read(batch.id(), result.item()).orElseThrow();
    }

    private AttributeValue lease(Duration length) {
        return fromM(Map.of(OWNER, fromS(length.isZero() ? "" : owner), UNTIL, FleetItems.time(now().plus(length))));
    }

    private static String key(BatchId id) {
        return "batch#" + id;
    }

    private Optional<Batch> read(BatchId id, Map<String, AttributeValue> item) {
        if (!item.containsKey(DIGEST)) {
            return Optional.empty();
        }
        List<Integer> sizes = new ArrayList<>();
        for (byte size : Objects.requireNonNull(item.get(SIZES)).b().asByteArrayUnsafe()) {
            sizes.add((int) size);
        }
        return Optional.of(new Batch(
                id,
                new UserId(FleetItems.text(item, USER)),
                Priority.valueOf(FleetItems.text(item, PRIORITY)),
                FleetItems.text(item, DIGEST),
                FleetItems.text(item, FILES),
                FleetItems.time(item, CREATED),
                sizes,
                (int) FleetItems.number(item, SUBMITTED),
                FleetItems.number(item, POSITION),
                new Counts((int) FleetItems.number(item, TOTAL), (int) FleetItems.number(item, COMPLETED), (int)
                        FleetItems.number(item, FAILED)),
                item.containsKey(CANCELLED) ? Cancelled.valueOf(FleetItems.text(item, CANCELLED)) : null,
                item.containsKey(ENDED) ? FleetItems.time(item, ENDED) : null,
                optional(item, RESULTS),
                FleetItems.time(item, NEXT),
                busyUntil(item),
                Instant.ofEpochSecond(FleetItems.number(item, FleetTable.EXPIRES_AT))));
    }

    private Instant busyUntil(Map<String, AttributeValue> item) {
        AttributeValue lease = item.get(LEASE_FIELD);
        return lease == null || isOwn(item) ? Instant.MIN : FleetItems.time(lease.m(), UNTIL);
    }

    private static @Nullable String optional(Map<String, AttributeValue> item, String name) {
        String text = FleetItems.text(item, name);
        return text.isEmpty() ? null : text;
    }
}
