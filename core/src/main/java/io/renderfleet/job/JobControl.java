package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Cancels and retries jobs for their users and for operators. Each change is one conditional write: it either meets the
 * job in a state that allows it, or changes nothing.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class JobControl {
    /** Each failed try means that the job's state changed in between. */
    private static final int TRIES = 5;

    private static final int SEND_SECONDS = 10;

    private final JobDatabase database;
    private final KeyOrder order;
    private final Payloads payloads;

    public JobControl(JobDatabase database) {
        this.database = database;
        this.order = new KeyOrder(database);
        this.payloads = new Payloads(database);
    }

    /** The outcome of {@link #cancel}. */
    public sealed interface Cancelling {
        /** The job is CANCELLED; no worker held it. */
        record Cancelled(Job job) implements Cancelling {}

        /** A worker holds the job, and will stop it within seconds. */
        record Requested(Job job) implements Cancelling {}

        /** The job is over already. */
        record Over(JobStatus status) implements Cancelling {}

        /** The job does not exist, or belongs to another user. */
        record Unknown() implements Cancelling {}

        /** The job's state changed at each try. Nothing was changed by this call, which can be repeated. */
        record Contended() implements Cancelling {}
    }

    /** The outcome of {@link #retry}. */
    public sealed interface Retrying {
        /**
         * The job is PENDING, with its previous attempts in its history. The caller must send a message with its new
         * route epoch.
         */
        record Retried(Job job) implements Retrying {}

        /** The job is COMPLETED, or not over: there is nothing to retry. */
        record NotOver(JobStatus status) implements Retrying {}

        /** The job does not exist, or belongs to another user. */
        record Unknown() implements Retrying {}

        /**
         * The job's state changed at each try, or the completion event of its last end could not be sent. Nothing was
         * changed by this call, which can be repeated.
         */
        record Contended() implements Retrying {}
    }

    /**
     * Cancels a job: ends it if no worker holds it, and otherwise asks its worker to stop. The call can be repeated.
     *
     * @param owner the user whose job it must be; null for any user
     */
    public Cancelling cancel(JobId id, @Nullable UserId owner) {
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<Job> found = database.find(id).filter(job -> isOwned(job, owner));
            if (found.isEmpty()) {
                return new Cancelling.Unknown();
            }
            Job job = found.get();
            if (job.status().isTerminal()) {
                return new Cancelling.Over(job.status());
            }
            boolean held = job.lease() != null && job.lease().until().isAfter(database.now());
            ConditionalUpdate.Result result =
                    held ? database.apply(stopRequested(job), id) : database.end(ended(job), id);
            if (result instanceof ConditionalUpdate.Applied made) {
                return held ? new Cancelling.Requested(made.job()) : new Cancelling.Cancelled(made.job());
            }
        }
        return new Cancelling.Contended();
    }

    private ConditionalUpdate stopRequested(Job job) {
        return database.owned(job)
                .set(JobItem.CANCEL_REQUESTED, JobItem.flag())
                .set(JobItem.UPDATED_AT, JobItem.time(database.now()))
                .unusual("is to be cancelled; its worker stops it within seconds");
    }

    private ConditionalUpdate ended(Job job) {
        ConditionalUpdate update = job.lease() == null
                ? new ConditionalUpdate()
                        .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                        .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()))
                : database.leaseExpired(database.overdue(job), job);
        return database.over(update, job, JobStatus.CANCELLED, null);
    }

    /**
     * Makes a FAILED or CANCELLED job PENDING again, with no charged attempts, and with its history. The caller sends a
     * message for the returned job. When that fails, repeating the call returns the same job, and eventually the
     * watchdog sends the message.
     *
     * @param owner the user whose job it must be; null for any user
     */
    public Retrying retry(JobId id, @Nullable UserId owner) {
        for (int tries = 0; tries < TRIES; tries++) {
            Map<String, AttributeValue> item = database.item(id).orElse(null);
            if (item == null || !isOwned(JobItem.read(item), owner)) {
                return new Retrying.Unknown();
            }
            Job job = JobItem.read(item);
            if (awaitsMessage(job)) {
                return new Retrying.Retried(job);
            }
            if (!job.status().canBecome(JobStatus.PENDING) || !job.status().isTerminal()) {
                return new Retrying.NotOver(job.status());
            }
            if (JobItem.awaitsEvent(item) && !isAnnounced(item)) {
                return new Retrying.Contended();
            }
            payloads.keepUntil(job, database.expiry(database.now()));
            KeyOrder.Appended made = job.orderingKey() == null
                    ? unordered(reopened(job, item), id)
                    : order.append(job, item, () -> reopened(job, item));
            if (made == KeyOrder.Appended.CONTENDED) {
                return new Retrying.Contended();
            }
            if (made == KeyOrder.Appended.MADE) {
                return database.find(id).<Retrying>map(Retrying.Retried::new).orElseGet(Retrying.Contended::new);
            }
        }
        return new Retrying.Contended();
    }

    /**
     * Sends the event of the job's last end, which could not be found any more once the job is PENDING. A copy that
     * another service sends at the same time has the same id.
     */
    private boolean isAnnounced(Map<String, AttributeValue> item) {
        try {
            var _ = database.announce(item, null).get(SEND_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private KeyOrder.Appended unordered(ConditionalUpdate update, JobId id) {
        return database.apply(update, id) instanceof ConditionalUpdate.Applied
                ? KeyOrder.Appended.MADE
                : KeyOrder.Appended.REFUSED;
    }

    /** Whether the job was made PENDING by an earlier retry or by the watchdog, and has not been routed since. */
    private static boolean awaitsMessage(Job job) {
        return job.status() == JobStatus.PENDING && job.routeEpoch() > 0 && job.region() == null;
    }

    private ConditionalUpdate reopened(Job job, Map<String, AttributeValue> item) {
        Instant now = database.now();
        Instant startBy = job.limits().startBy();
        ConditionalUpdate update = new ConditionalUpdate()
                .unusual("was " + job.status() + " and is PENDING again, by a retry")
                .when(JobItem.STATUS, fromS(job.status().name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()))
                .set(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .set(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch() + 1L))
                .set(JobItem.CHARGED, JobItem.number(0))
                .set(JobItem.UPDATED_AT, JobItem.time(now))
                .set(JobTable.CHECK_SHARD, JobItem.shard(job.id()))
                .set(JobTable.EXPIRES_AT, JobItem.number(database.expiry(now).getEpochSecond()))
                .remove(
                        JobItem.REGION,
                        JobItem.ROUTED_AT,
                        JobItem.STARTED_AT,
                        JobTable.FINISHED_AT,
                        JobTable.FAIL_SHARD,
                        JobItem.PROGRESS,
                        JobItem.CANCEL_REQUESTED,
                        JobItem.ERROR_CODE,
                        JobItem.ERROR_MESSAGE,
                        JobItem.UNSENT,
                        JobItem.RESENT_AT);
        if (startBy == null) {
            return update.set(JobTable.CHECK_AT, JobItem.time(database.firstCheck(now, null, job.completion())));
        }
        // The job gets as much time to start as it had at first.
        Instant again = now.plus(Duration.between(JobItem.startFrom(item), startBy));
        return update.set(JobItem.START_FROM, JobItem.time(now))
                .set(JobItem.START_BY, JobItem.time(again))
                .set(JobTable.CHECK_AT, JobItem.time(database.firstCheck(now, again, job.completion())));
    }

    private static boolean isOwned(Job job, @Nullable UserId owner) {
        return owner == null || job.userId().equals(owner);
    }
}
