package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromB;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.FleetTable;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * The batches of jobs that were submitted with one request: one item of the fleet table for each, which is kept as long
 * as a job.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as {@link SdkException}.
 */
public final class JobBatches {
    /** The most jobs of a batch: the limit of BatchGetItem. */
    public static final int MAX_JOBS = 100;

    private static final String KEY = "jobs#";
    private static final String USER_ID = "userId";
    private static final String CREATED_AT = "createdAt";
    /** The ids of the jobs, 16 bytes each. */
    private static final String JOBS = "jobs";

    private static final int ID_BYTES = 2 * Long.BYTES;
    private static final KeysAndAttributes STATE = JobStates.projection();

    private final JobDatabase database;
    private final BatchReads reads;
    private final Clock clock;

    public JobBatches(JobDatabase database, Clock clock) {
        this.database = database;
        this.reads = new BatchReads(database.client(), database.table(), clock, Thread::sleep);
        this.clock = clock;
    }

    /**
     * A batch.
     *
     * @param owner who may see it
     * @param jobs in the order of the request; some of them may not have been accepted
     */
    public record JobBatch(UUID id, UserId owner, Instant createdAt, List<JobId> jobs) {
        public JobBatch {
            jobs = List.copyOf(jobs);
        }
    }

    /** Stores a new batch of up to {@value #MAX_JOBS} jobs. Called before the jobs are stored. */
    public JobBatch create(UserId owner, List<JobId> jobs) {
        JobBatch batch = new JobBatch(UUID.randomUUID(), owner, database.now(), jobs);
        ByteBuffer ids = ByteBuffer.allocate(jobs.size() * ID_BYTES);
        jobs.forEach(job -> ids.putLong(job.uuid().getMostSignificantBits())
                .putLong(job.uuid().getLeastSignificantBits()));
        var _ = database.client()
                .updateItem(request -> request.tableName(database.fleetTable())
                        .key(key(batch.id()))
                        .updateExpression("SET #user = :user, #created = :created, #jobs = :jobs, #expiry = :expiry")
                        .expressionAttributeNames(Map.of(
                                "#user", USER_ID,
                                "#created", CREATED_AT,
                                "#jobs", JOBS,
                                "#expiry", FleetTable.EXPIRES_AT))
                        .expressionAttributeValues(Map.of(
                                ":user", fromS(owner.value()),
                                ":created", JobItem.time(batch.createdAt()),
                                ":jobs", fromB(SdkBytes.fromByteArrayUnsafe(ids.array())),
                                ":expiry",
                                        JobItem.number(database.expiry(batch.createdAt())
                                                .getEpochSecond()))));
        return batch;
    }

    /** The batch, read consistently; empty when it does not exist or has expired. */
    public Optional<JobBatch> find(UUID id) {
        var response = database.client()
                .getItem(request ->
                        request.tableName(database.fleetTable()).key(key(id)).consistentRead(true));
        return response.hasItem() && !JobItem.isExpired(response.item(), clock.instant())
                ? Optional.of(read(id, response.item()))
                : Optional.empty();
    }

    /**
     * The states of the jobs of a batch that exist, in the order of the batch; eventually consistent. Jobs that this
     * version cannot read are omitted.
     */
    public List<JobState> states(JobBatch batch) {
        List<JobId> jobs = batch.jobs().stream().distinct().toList();
        Map<JobId, JobState> states = JobStates.read(
                reads.fetch(jobs.stream().map(ConditionalUpdate::key).toList(), STATE), clock.instant());
        return jobs.stream().map(states::get).filter(Objects::nonNull).toList();
    }

    private static JobBatch read(UUID id, Map<String, AttributeValue> item) {
        AttributeValue stored = item.get(JOBS);
        ByteBuffer ids = stored == null ? ByteBuffer.allocate(0) : stored.b().asByteBuffer();
        List<JobId> jobs = IntStream.range(0, ids.remaining() / ID_BYTES)
                .mapToObj(_ -> new JobId(new UUID(ids.getLong(), ids.getLong())))
                .toList();
        return new JobBatch(
                id, new UserId(JobItem.text(item, USER_ID)), Timestamps.read(JobItem.text(item, CREATED_AT)), jobs);
    }

    private static Map<String, AttributeValue> key(UUID id) {
        return Map.of(FleetTable.ID, fromS(KEY + id));
    }
}
