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
 * The changes that the watchdog and the reaper of dead letters make to jobs. Several services may check the same job at
 * the same time: each write requires that the job's state and the time of its check are as they were read, so that
 * exactly one succeeds.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class JobRecovery {
    /** The most jobs of one {@link #progress} call. */
    public static final int MAX_PROGRESS = 10;

    private final JobDatabase database;
    private final OpenJobs open;

    public JobRecovery(JobDatabase database) {
        this.database = database;
        this.open = new OpenJobs(database);
    }

    /**
     * An open job that is due to be checked.
     *
     * @param checkAt when the check became due
     * @param resentAt when its message was last sent again in the current route epoch; null when it never was
     * @param unsent whether its message may not have been sent in the current route epoch
     */
    public record Due(Job job, Instant checkAt, @Nullable Instant resentAt, boolean unsent) {
        /** When the last message of the job was sent, as far as is known. */
        public Instant waitingSince() {
            return resentAt != null && resentAt.isAfter(job.updatedAt()) ? resentAt : job.updatedAt();
        }
    }

    /**
     * The progress of a job that was forwarded earlier. It shows how far the queue has been processed.
     *
     * @param region the region the job was last routed to; null when it has not been routed since
     * @param startedAt when its last attempt started; null before the first
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
     * The open jobs of a shard that are due to be checked. Costs one query, also when there are none; eventually
     * consistent.
     *
     * @param shard 0 to {@link JobTable#CHECK_SHARDS} - 1, or {@link JobTable#PARKED_SHARD}
     * @param limit the largest number of entries
     */
    public DueEntries due(int shard, int limit) {
        return open.due(shard, limit);
    }

    /**
     * Reads a job that is due to be checked. A parked job that can be read again is moved back to its own shard.
     *
     * @return empty when the job is not due any more
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
     * Parks an open job that cannot be processed, until the given time, so that it does not delay others. The item
     * need not be readable. Changes nothing when the job is over.
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
     * A parked job.
     *
     * @param jobId the key of its item, which may not be a valid id
     * @param nextCheck when it is tried again
     */
    public record ParkedJob(String jobId, String nextCheck) {}

    /** Parked jobs, those that are tried again soonest first; eventually consistent. */
    public List<ParkedJob> listParked(int limit) {
        return open.parked(limit);
    }

    /**
     * Postpones the check of a job.
     *
     * @return false when another service checked the job in the meantime
     */
    public boolean postpone(Due due, Instant next) {
        ConditionalUpdate update = seen(new ConditionalUpdate(), due).set(JobTable.CHECK_AT, JobItem.time(next));
        return database.apply(update, due.job().id()) instanceof ConditionalUpdate.Applied;
    }

    /**
     * Records that the job's message is about to be sent again, in its current route epoch.
     *
     * @return false when another service checked the job in the meantime
     */
    public boolean resend(Due due, Instant next) {
        ConditionalUpdate update = seen(new ConditionalUpdate(), due)
                .set(JobTable.CHECK_AT, JobItem.time(next))
                .set(JobItem.RESENT_AT, JobItem.time(database.now()));
        return database.apply(update, due.job().id()) instanceof ConditionalUpdate.Applied;
    }

    /**
     * Raises the route epoch of a job, which makes every older message void, and makes the job PENDING: a job that
     * waits in a region's queue, or one whose lease has expired. The job is marked as unsent until {@link #sent} is
     * called or it is routed, so that the next check knows that it may have no message.
     *
     * @param next when to check the job again if its message is not sent by then
     * @return empty when the job's state changed, or another service checked it in the meantime
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
                                ? "its message was lost, or cannot be received in its region"
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
     * Records that SQS has the message of the job's current route epoch. Changes nothing when the job was routed or
     * checked in the meantime.
     *
     * @param opened the job as {@link #reroute} or {@link #check} returned it
     * @param seen the time of the next check that was stored last
     * @param next the time of the next check that replaces it
     */
    public void sent(Job opened, Instant seen, Instant next) {
        ConditionalUpdate update = new ConditionalUpdate()
                .when(JobItem.ROUTE_EPOCH, JobItem.number(opened.routeEpoch()))
                .when(JobTable.CHECK_AT, JobItem.time(seen))
                .set(JobTable.CHECK_AT, JobItem.time(next))
                .remove(JobItem.UNSENT);
        var _ = database.apply(update, opened.id());
    }

    /** When a job ended, by a consistent read; {@link Instant#EPOCH} when it does not exist, empty while it is open. */
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
     * The progress of several jobs, by one eventually consistent read. Jobs that do not exist, that DynamoDB left
     * unprocessed, or that cannot be read are omitted.
     *
     * @param ids at most {@link #MAX_PROGRESS}; others are ignored
     */
    public List<Progress> progress(Collection<JobId> ids) {
        return open.progress(ids);
    }

    /**
     * Ends a job that has not started before its start deadline.
     *
     * @return false when it has started, has ended, or was checked by another service in the meantime
     */
    public boolean failUnstarted(Due due) {
        return database.end(
                        seen(database.neverStarted(due.job()), due), due.job().id())
                instanceof ConditionalUpdate.Applied;
    }

    /** The outcome of {@link #deadLetter}. */
    public enum LetterOutcome {
        /** The job was open, with this letter as its current message, and is now FAILED. */
        FAILED,
        /** The job had failed before. The letter is kept for an operator. */
        FAILED_BEFORE,
        /** The job ended in another way, or was sent again since: no job depends on the letter. */
        OBSOLETE,
        /** A worker holds the job: try again later. */
        HELD,
        /** The job does not exist. */
        UNKNOWN
    }

    /**
     * Ends the job of a dead letter, if the letter is its current message.
     *
     * @param epoch the route epoch of the letter
     * @param error the error that the user sees
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
        return database.end(database.over(update, job, JobStatus.FAILED, error), id)
                        instanceof ConditionalUpdate.Applied
                ? LetterOutcome.FAILED
                : LetterOutcome.HELD;
    }

    private static ConditionalUpdate seen(ConditionalUpdate update, Due due) {
        return update.when(JobTable.CHECK_AT, JobItem.time(due.checkAt()));
    }
}
