package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromL;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromSs;

import io.renderfleet.job.Job.Lease;
import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The attributes of a job's item, and their conversion to and from a {@link Job}. The item of a typical finished job
 * has less than 1 KB, which is one write unit.
 */
final class JobItem {
    static final String TYPE = "type";
    static final String POOL = "pool";
    static final String PAYLOAD = "payload";
    /** Absent for {@link JobPayload#FIRST_VERSION}. */
    static final String PAYLOAD_VERSION = "payloadVersion";

    static final String REQUEST_HASH = "requestHash";
    static final String PRIORITY = "priority";
    static final String ORDERING_KEY = "orderingKey";
    static final String ALLOWED_REGIONS = "allowedRegions";
    static final String STATUS = "status";
    static final String REGION = "region";
    static final String ROUTE_EPOCH = "routeEpoch";
    static final String ATTEMPT = "attempt";
    static final String CHARGED = "chargedAttempts";
    static final String LEASE_OWNER = "leaseOwner";
    static final String LEASE_UNTIL = "leaseUntil";
    /** A random text, written by the claim that took the lease, and removed with the lease. */
    static final String CLAIM_TOKEN = "claimToken";

    static final String PROGRESS = "progress";
    static final String CANCEL_REQUESTED = "cancelRequested";
    static final String ROUTED_AT = "routedAt";
    static final String STARTED_AT = "startedAt";
    static final String UPDATED_AT = "updatedAt";
    static final String ATTEMPTS = "attempts";
    static final String RESULT_ID = "resultId";
    static final String RESULT_EXTENSION = "resultExtension";
    static final String RESULT_BYTES = "resultBytes";
    static final String CONTENT_TYPE = "contentType";
    /** A map by name; absent when there are no artifacts. */
    static final String ARTIFACTS = "artifacts";
    /** What an attempt left for the next one; absent when there is nothing. */
    static final String KEPT = "kept";

    static final String ERROR_CODE = "errorCode";
    static final String ERROR_MESSAGE = "errorMessage";
    static final String START_BY = "startBy";
    static final String TIMEOUT_SECONDS = "timeoutSeconds";
    static final String MAX_ATTEMPTS = "maxAttempts";
    /** Set by a repeated submission, so that the first one can no longer withdraw the job. */
    static final String CONFIRMED = "confirmed";

    /** The position in the chain of the ordering key's jobs, from 1. */
    static final String SEQUENCE = "orderSequence";
    /** The preceding job in that chain; absent once that job is known to be over. */
    static final String AFTER = "orderAfter";
    /** That job's position; absent when it is the one before this job's own. */
    static final String AFTER_SEQUENCE = "orderAfterSequence";
    /**
     * The preceding jobs at the positions that this job left before its turn: a map from the position to {@link #AFTER}
     * and {@link #AFTER_SEQUENCE}.
     */
    static final String PAST = "orderPast";
    /** When the time to start began; absent when that is the creation. */
    static final String START_FROM = "startFrom";

    /** Set while the message of the current route epoch may not have been sent. */
    static final String UNSENT = "unsent";
    /** When the watchdog last sent the message of the current route epoch again; absent when it never did. */
    static final String RESENT_AT = "resentAt";

    /** The sinks of the job's completion events; absent for a job that wants none. */
    static final String NOTIFY = "notify";
    /** Where the job comes from, for the listeners of its completion events; absent without a source. */
    static final String SOURCE = "source";

    /** The URL of the job's own webhook; absent without one. */
    static final String CALLBACK_URL = "callbackUrl";
    /** What became of the latest event that was sent to a webhook; absent before the first try. */
    static final String WEBHOOK = "webhook";

    private JobItem() {}

    static Map<String, AttributeValue> of(NewJob job, Instant checkAt, Instant expiresAt) {
        Map<String, AttributeValue> item = new HashMap<>();
        item.put(JobTable.JOB_ID, fromS(job.id().toString()));
        item.put(JobTable.USER_ID, fromS(job.userId().value()));
        item.put(TYPE, fromS(job.type().value()));
        item.put(POOL, fromS(job.pool().value()));
        Payloads.addTo(item, job.payload());
        StoredTags.addTo(item, job.tags());
        item.put(REQUEST_HASH, fromS(job.requestHash()));
        item.put(PRIORITY, fromS(job.priority().name()));
        if (job.orderingKey() != null) {
            item.put(ORDERING_KEY, fromS(job.orderingKey().value()));
        }
        if (!job.allowedRegions().isEmpty()) {
            item.put(
                    ALLOWED_REGIONS,
                    AttributeValue.fromSs(
                            job.allowedRegions().stream().map(RegionId::value).toList()));
        }
        if (job.limits().startBy() != null) {
            item.put(START_BY, time(job.limits().startBy()));
        }
        item.put(TIMEOUT_SECONDS, number(job.limits().timeout().toSeconds()));
        item.put(MAX_ATTEMPTS, number(job.limits().maxAttempts()));
        item.put(STATUS, fromS(JobStatus.PENDING.name()));
        item.put(ROUTE_EPOCH, number(0));
        item.put(JobTable.CREATED_AT, time(job.createdAt()));
        item.put(UPDATED_AT, time(job.createdAt()));
        item.put(JobTable.CHECK_SHARD, shard(job.id()));
        item.put(JobTable.CHECK_AT, time(checkAt));
        item.put(JobTable.EXPIRES_AT, number(expiresAt.getEpochSecond()));
        if (!job.completion().isNone()) {
            item.put(NOTIFY, fromSs(List.copyOf(job.completion().sinks())));
            if (!job.completion().source().isEmpty()) {
                Map<String, AttributeValue> source = new HashMap<>();
                job.completion().source().forEach((name, value) -> source.put(name, fromS(value)));
                item.put(SOURCE, fromM(source));
            }
            if (job.completion().callbackUrl() != null) {
                item.put(CALLBACK_URL, fromS(job.completion().callbackUrl()));
            }
        }
        return item;
    }

    /** @throws UnreadableJobException when this version cannot read the item */
    static Job read(Map<String, AttributeValue> item) {
        try {
            return parse(item);
        } catch (RuntimeException e) {
            throw new UnreadableJobException(key(item), e);
        }
    }

    /** The key of an item or of an entry of an index, which need not be readable otherwise. */
    static String key(Map<String, AttributeValue> item) {
        return text(item, JobTable.JOB_ID);
    }

    private static Job parse(Map<String, AttributeValue> item) {
        return new Job(
                JobId.of(text(item, JobTable.JOB_ID)),
                new UserId(text(item, JobTable.USER_ID)),
                new JobTypeName(text(item, TYPE)),
                new PoolName(text(item, POOL)),
                Payloads.in(item),
                text(item, REQUEST_HASH),
                Priority.valueOf(text(item, PRIORITY)),
                optional(item, ORDERING_KEY, value -> new OrderingKey(value.s())),
                regions(item),
                new JobLimits(
                        optional(item, START_BY, JobItem::time),
                        Duration.ofSeconds(integer(item, TIMEOUT_SECONDS)),
                        integer(item, MAX_ATTEMPTS)),
                status(item),
                optional(item, REGION, value -> new RegionId(value.s())),
                integer(item, ROUTE_EPOCH),
                integer(item, ATTEMPT),
                integer(item, CHARGED),
                lease(item),
                status(item) == JobStatus.COMPLETED ? 100 : integer(item, PROGRESS),
                item.containsKey(CANCEL_REQUESTED),
                Timestamps.read(text(item, JobTable.CREATED_AT)),
                optional(item, ROUTED_AT, JobItem::time),
                optional(item, STARTED_AT, JobItem::time),
                Timestamps.read(text(item, UPDATED_AT)),
                optional(item, JobTable.FINISHED_AT, JobItem::time),
                StoredAttempts.in(item),
                result(item),
                StoredArtifacts.in(item),
                optional(item, KEPT, AttributeValue::s),
                error(item),
                expiresAt(item),
                number(item, SEQUENCE),
                optional(item, AFTER, value -> JobId.of(value.s())),
                completion(item),
                optional(item, WEBHOOK, WebhookDeliveries::read),
                StoredTags.in(item));
    }

    private static CompletionRequest completion(Map<String, AttributeValue> item) {
        AttributeValue sinks = item.get(NOTIFY);
        if (sinks == null) {
            return CompletionRequest.NONE;
        }
        Map<String, String> source = new HashMap<>();
        AttributeValue stored = item.get(SOURCE);
        if (stored != null) {
            stored.m().forEach((name, value) -> source.put(name, value.s()));
        }
        return new CompletionRequest(Set.copyOf(sinks.ss()), source, optional(item, CALLBACK_URL, AttributeValue::s));
    }

    /** Whether the item is of a job that has ended and whose completion event may not have been sent. */
    static boolean awaitsEvent(Map<String, AttributeValue> item) {
        JobStatus status = knownStatus(item);
        return status != null && status.isTerminal() && item.containsKey(NOTIFY) && item.containsKey(JobTable.CHECK_AT);
    }

    static Instant expiresAt(Map<String, AttributeValue> item) {
        return Instant.ofEpochSecond(number(item, JobTable.EXPIRES_AT));
    }

    /**
     * Whether the item has expired. False when it has no readable expiry, in which case DynamoDB does not delete it.
     */
    static boolean isExpired(Map<String, AttributeValue> item, Instant now) {
        try {
            return !expiresAt(item).isAfter(now);
        } catch (RuntimeException e) {
            return false;
        }
    }

    static long sequence(Map<String, AttributeValue> item) {
        return number(item, SEQUENCE);
    }

    /** When the time to start began. */
    static Instant startFrom(Map<String, AttributeValue> item) {
        Instant from = optional(item, START_FROM, JobItem::time);
        return from == null ? Timestamps.read(text(item, JobTable.CREATED_AT)) : from;
    }

    /** When the watchdog last sent the job's message again in the current route epoch; null when it never did. */
    static @Nullable Instant resentAt(Map<String, AttributeValue> item) {
        return optional(item, RESENT_AT, JobItem::time);
    }

    /** When the job ended; null while it is open. */
    static @Nullable Instant finishedAt(Map<String, AttributeValue> item) {
        return optional(item, JobTable.FINISHED_AT, JobItem::time);
    }

    /** When the watchdog checks an open job; null once the job is over. */
    static @Nullable Instant checkAt(Map<String, AttributeValue> item) {
        return optional(item, JobTable.CHECK_AT, JobItem::time);
    }

    static AttributeValue shard(JobId id) {
        return number(Math.floorMod(id.hashCode(), JobTable.CHECK_SHARDS));
    }

    static JobStatus status(Map<String, AttributeValue> item) {
        return JobStatus.valueOf(text(item, STATUS));
    }

    /** The job's status; null when this version does not know it. */
    static @Nullable JobStatus knownStatus(Map<String, AttributeValue> item) {
        try {
            return status(item);
        } catch (RuntimeException e) {
            return null;
        }
    }

    static AttributeValue time(Instant instant) {
        return fromS(Timestamps.write(instant));
    }

    static AttributeValue number(long value) {
        return fromN(Long.toString(value));
    }

    static AttributeValue flag() {
        return fromBool(true);
    }

    static AttributeValue emptyList() {
        return fromL(List.of());
    }

    private static List<RegionId> regions(Map<String, AttributeValue> item) {
        AttributeValue regions = item.get(ALLOWED_REGIONS);
        return regions == null
                ? List.of()
                : regions.ss().stream().sorted().map(RegionId::new).toList();
    }

    private static @Nullable Lease lease(Map<String, AttributeValue> item) {
        return optional(
                item,
                LEASE_OWNER,
                owner -> new Lease(new WorkerId(owner.s()), Timestamps.read(text(item, LEASE_UNTIL))));
    }

    private static @Nullable JobResult result(Map<String, AttributeValue> item) {
        return optional(item, RESULT_ID, id -> {
            if (!item.containsKey(REGION) || integer(item, ATTEMPT) < 1) {
                throw new IllegalStateException("A job with a result has a region and an attempt from 1");
            }
            return new JobResult(
                    new FileId(id.s()),
                    text(item, RESULT_EXTENSION),
                    number(item, RESULT_BYTES),
                    text(item, CONTENT_TYPE));
        });
    }

    /** The error of a job or of an attempt; null when it has none. */
    static @Nullable JobError error(Map<String, AttributeValue> item) {
        return optional(item, ERROR_CODE, code -> new JobError(code.s(), text(item, ERROR_MESSAGE)));
    }

    static Instant time(AttributeValue value) {
        return Timestamps.read(value.s());
    }

    static String text(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        if (value == null) {
            throw new IllegalStateException("The item has no attribute " + name);
        }
        return value.s();
    }

    static int integer(Map<String, AttributeValue> item, String name) {
        return Math.toIntExact(number(item, name));
    }

    static long number(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        return value == null ? 0 : Long.parseLong(value.n());
    }

    static <T> @Nullable T optional(Map<String, AttributeValue> item, String name, Function<AttributeValue, T> reader) {
        AttributeValue value = item.get(name);
        return value == null ? null : reader.apply(value);
    }
}
