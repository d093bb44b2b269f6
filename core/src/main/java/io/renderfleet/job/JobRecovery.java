package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.Job.Lease;
import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The moves of the watchdog and of the reaper of dead letters. Any number of them may look at the same job: each move
 * names the state that was seen, with the time the job was to be looked at, so that one of them makes it.
 *
 * <p>Thread-safe.
 */
public final class JobRecovery {
    /** The most jobs of one {@link #progress} question. */
    public static final int MAX_PROGRESS = 10;

    private final JobDatabase database;
    private final OpenJobs open;

    public JobRecovery(JobDatabase database) {
        this.database = database;
        this.open = new OpenJobs(database);
    }

    /**
     * An open job whose time to be looked at has come.
     *
     * @param checkAt that time
     * @param resentAt when its message was last sent again under the present route epoch; null when it never was
     * @param unsent whether its route epoch was raised and the message for it is not known to have been sent
     */
    public record Due(Job job, Instant checkAt, @Nullable Instant resentAt, boolean unsent) {
        /** Since when the job has waited for the message that was sent last, as far as is known. */
        public Instant waitingSince() {
            return resentAt != null && resentAt.isAfter(job.updatedAt()) ? resentAt : job.updatedAt();
        }
    }

    /**
     * What the index and the table say of a job that was forwarded earlier, for the question how far its queue has got.
     *
     * @param region where the job was last sent; null when it was sent nowhere since
     * @param startedAt when its last attempt began; null before the first
     */
    public record Progress(
            JobId id,
            Instant createdAt,
            @Nullable RegionId region,
            @Nullable Instant startedAt) {}

    /**
     * Entries of the index of open jobs that are due to be checked.
     *
     * @param ids the jobs, longest due first
     * @param unreadable the keys of entries that are not job ids, which no service writes; see {@link #parkUnreadable}
     */
    public record DueEntries(List<JobId> ids, List<String> unreadable) {
        /** The number of entries, readable or not. */
        public int size() {
            return ids.size() + unreadable.size();
        }
    }

    /**
     * The open jobs of a shard that are due to be checked. Costs one query, also when there are none; eventually consistent.
     *
     * @param shard 0 to {@link JobTable#CHECK_SHARDS} - 1, or {@link JobTable#PARKED_SHARD}
     * @param limit the largest number of entries
     */
    public DueEntries due(int shard, int limit) {
        return open.due(shard, limit);
    }

    /**
     * The job as it is now, if it is still to be looked at. One that was parked and can be read again is back in its
     * own shard.
     *
     * @throws UnreadableJobException when its item cannot be read; see {@link #park}
     */
    public Optional<Due> check(JobId id) {
        return database.item(id).flatMap(item -> {
            Due due;
            try {
                Instant checkAt = JobItem.checkAt(item);
                if (checkAt == null || checkAt.isAfter(database.now())) {
                    return Optional.empty();
                }
                due = new Due(JobItem.read(item), checkAt, JobItem.resentAt(item), item.containsKey(JobItem.UNSENT));
            } catch (UnreadableJobException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new UnreadableJobException(id.toString(), e);
            }
            if (JobItem.number(JobTable.PARKED_SHARD).equals(item.get(JobTable.CHECK_SHARD))) {
                database.apply(seen(new ConditionalUpdate(), due).set(JobTable.CHECK_SHARD, JobItem.shard(id)), id);
            }
            return Optional.of(due);
        });
    }

    /**
     * Parks an open job that cannot be processed, until the given time, so that it does not delay others. The item need not
     * be readable. Changes nothing when the job is over.
     */
    public void park(JobId id, Instant next) {
        parkUnreadable(id.toString(), next);
    }

    /** As {@link #park}, for an item whose key is not a job id. */
    public void parkUnreadable(String key, Instant next) {
        var _ = new ConditionalUpdate()
                .whenPresent(JobTable.CHECK_AT)
                .set(JobTable.CHECK_SHARD, JobItem.number(JobTable.PARKED_SHARD))
                .set(JobTable.CHECK_AT, JobItem.time(next))
                .apply(database.client(), database.table(), key);
    }

    /**
     * An open job that was parked.
     *
     * @param jobId its key in the table
     * @param nextCheck when it is tried again
     */
    public record ParkedJob(String jobId, String nextCheck) {}

    /** Some of the jobs that are parked, those that are tried again soonest first; eventually consistent. */
    public List<ParkedJob> listParked(int limit) {
        return open.parked(limit);
    }

    /** Leaves the job as it is until then. False when somebody else looked at it. */
    public boolean postpone(Due due, Instant next) {
        ConditionalUpdate update = seen(new ConditionalUpdate(), due).set(JobTable.CHECK_AT, JobItem.time(next));
        return database.apply(update, due.job().id()) instanceof ConditionalUpdate.Applied;
    }

    /**
     * Notes that the job's message is about to be sent once more, under its present route epoch. False when somebody
     * else looked at the job.
     */
    public boolean resend(Due due, Instant next) {
        ConditionalUpdate update = seen(new ConditionalUpdate(), due)
                .set(JobTable.CHECK_AT, JobItem.time(next))
                .set(JobItem.RESENT_AT, JobItem.time(database.now()));
        return database.apply(update, due.job().id()) instanceof ConditionalUpdate.Applied;
    }

    /**
     * Opens a job for a new message, which voids every older one: from a region's queue to the master queue again, or
     * from a worker that has not reported for longer than its lease. The job is marked as unsent until {@link #sent},
     * or until it is routed, so that whoever looks at it next knows that it may have no message. Empty when the job
     * moved, or somebody else looked at it.
     *
     * @param next when to look at the job again if its message is not sent by then
     */
    public Optional<Job> reroute(Due due, Instant next) {
        Job job = due.job();
        ConditionalUpdate update = job.lease() == null
                ? new ConditionalUpdate()
                        .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                        .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()))
                : database.leaseExpired(database.overdue(job), job)
                        .set(JobItem.STATUS, fromS(JobStatus.PENDING.name()));
        seen(update, due)
                .unusual("is sent again: "
                        + (job.lease() == null
                                ? "its message was lost or waits in vain"
                                : "its worker stopped reporting"))
                .set(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch() + 1L))
                .set(JobItem.UPDATED_AT, JobItem.time(database.now()))
                .set(JobTable.CHECK_AT, JobItem.time(next))
                .set(JobItem.UNSENT, JobItem.flag())
                .remove(JobItem.REGION, JobItem.ROUTED_AT, JobItem.RESENT_AT);
        return database.apply(update, job.id()) instanceof ConditionalUpdate.Applied made
                ? Optional.of(made.job())
                : Optional.empty();
    }

    /**
     * Notes that SQS has the message of the job's present route epoch. Changes nothing when the job was routed or looked
     * at in the meantime.
     *
     * @param opened the job as {@link #reroute} or {@link #check} returned it
     * @param seen the time to look at it that was written last
     * @param next when to look at it instead
     */
    public void sent(Job opened, Instant seen, Instant next) {
        ConditionalUpdate update = new ConditionalUpdate()
                .when(JobItem.ROUTE_EPOCH, JobItem.number(opened.routeEpoch()))
                .when(JobTable.CHECK_AT, JobItem.time(seen))
                .set(JobTable.CHECK_AT, JobItem.time(next))
                .remove(JobItem.UNSENT);
        var _ = database.apply(update, opened.id());
    }

    /** Since when a job is over, or has been gone; empty while it is open. One consistent read. */
    public Optional<Instant> overSince(JobId id) {
        Map<String, AttributeValue> item = database.item(id).orElse(null);
        if (item == null) {
            return Optional.of(Instant.EPOCH);
        }
        return JobItem.status(item).isTerminal()
                ? Optional.of(Objects.requireNonNullElse(JobItem.finishedAt(item), Instant.EPOCH))
                : Optional.empty();
    }

    /**
     * How far some jobs have got, in one eventually consistent read; without those that are gone, that DynamoDB did not
     * get round to, or that cannot be read.
     *
     * @param ids {@link #MAX_PROGRESS} at most
     */
    public List<Progress> progress(Collection<JobId> ids) {
        return open.progress(ids);
    }

    /** Ends a job that nobody started in time. False when it was started, or somebody else ended it. */
    public boolean failUnstarted(Due due) {
        return database.apply(
                        seen(database.neverStarted(due.job()), due), due.job().id())
                instanceof ConditionalUpdate.Applied;
    }

    /** What a dead letter's job says of the letter. */
    public enum LetterOutcome {
        /** The job was open with this letter as its message, and is now FAILED. */
        FAILED,
        /** The job had failed before: the letter waits for an operator. */
        FAILED_BEFORE,
        /** The job ended otherwise, or was sent anew since: the letter stands for nothing. */
        OBSOLETE,
        /** A worker holds the job: look again later. */
        HELD,
        /** There is no such job. */
        UNKNOWN
    }

    /**
     * Ends the job of a dead letter, if the letter is its last message.
     *
     * @param epoch the route epoch that the letter carries
     * @param error what the user reads
     */
    public LetterOutcome deadLetter(JobId id, int epoch, JobError error) {
        Optional<Job> found = database.find(id);
        if (found.isEmpty()) {
            return LetterOutcome.UNKNOWN;
        }
        Job job = found.get();
        if (job.routeEpoch() != epoch || (job.status().isTerminal() && job.status() != JobStatus.FAILED)) {
            return job.routeEpoch() < epoch ? LetterOutcome.UNKNOWN : LetterOutcome.OBSOLETE;
        }
        if (job.status() == JobStatus.FAILED) {
            return LetterOutcome.FAILED_BEFORE;
        }
        Lease lease = job.lease();
        if (lease != null && lease.until().isAfter(database.now())) {
            return LetterOutcome.HELD;
        }
        ConditionalUpdate update = lease == null
                ? new ConditionalUpdate()
                        .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                        .when(JobItem.ROUTE_EPOCH, JobItem.number(epoch))
                : database.leaseExpired(database.overdue(job), job);
        return database.apply(database.over(update, JobStatus.FAILED, error), id) instanceof ConditionalUpdate.Applied
                ? LetterOutcome.FAILED
                : LetterOutcome.HELD;
    }

    private static ConditionalUpdate seen(ConditionalUpdate update, Due due) {
        return update.when(JobTable.CHECK_AT, JobItem.time(due.checkAt()));
    }
}
