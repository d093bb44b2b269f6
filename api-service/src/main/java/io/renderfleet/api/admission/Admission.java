package io.renderfleet.api.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.api.queue.QueueCalls;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Decides whether a job may run, before anything is stored. Each request that opens a job passes here: submissions,
 * retries and redrives. The decision uses only what this instance already knows: no request waits for a count of jobs
 * or a reading of a queue, and none causes a write or a call to SQS.
 *
 * <p>A repeated request counts against the rate of the user, but not against the open jobs.
 *
 * <p>Thread-safe.
 */
@Component
public class Admission {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final UserRates rates;
    private final OpenJobs openJobs;
    private final Map<PoolName, MasterDepth> depths = new HashMap<>();
    private final AdmissionSettings settings;
    private final MeterRegistry meters;

    Admission(
            UserRates rates,
            OpenJobs openJobs,
            FleetSettings fleet,
            JobQueues queues,
            QueueCalls calls,
            BackgroundReads background,
            AdmissionSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.rates = rates;
        this.openJobs = openJobs;
        fleet.poolNames()
                .forEach(pool -> depths.put(pool, new MasterDepth(pool, queues, calls, background, settings, clock)));
        this.settings = settings;
        this.meters = meters;
        // Registered at 0: Prometheus does not count the first value of a series as an increase.
        List.of(ProblemType.RATE_LIMITED, ProblemType.TOO_MANY_OPEN_JOBS, ProblemType.QUEUE_FULL)
                .forEach(this::refusals);
    }

    /** Permission to open one job. Exactly one of the methods must be called, once. */
    public interface Permit {
        /** The job was stored or reopened, and its message was sent or will be. */
        void accepted();

        /** No job was stored or reopened. */
        void unused();
    }

    /**
     * Admits one job of a user.
     *
     * @param pool the pool of the job. The depth of a pool that is not configured is not limited, because nothing can
     *     be sent to it
     * @throws ProblemException when a limit is reached, with the time after which the client may try again
     */
    public Permit admit(UserId user, PoolName pool) {
        requireRate(user);
        requireRoom(pool);
        OpenJobCounter counter = openJobs.of(user);
        if (!openJobs.take(user, counter)) {
            throw refused(
                    ProblemType.TOO_MANY_OPEN_JOBS,
                    "A user may have " + settings.inFlight()
                            + " open jobs. Wait until some of them end, or cancel some,"
                            + " and send the same request again after Retry-After.",
                    settings.retryAfter());
        }
        return new Permit() {
            @Override
            public void accepted() {
                counter.accepted();
                sent(pool);
            }

            @Override
            public void unused() {
                counter.unused();
            }
        };
    }

    /**
     * Admits the repeat of a request whose job is open already.
     *
     * @throws ProblemException when the user sends too many requests
     */
    public void admitRepeat(UserId user) {
        requireRate(user);
    }

    /**
     * Admits one job that an operator reopens. The limits of the job's user do not apply, because the user did not ask
     * for it, but the job counts as one of the user's open jobs.
     *
     * @throws ProblemException when the master queues of the pool are full
     */
    public Permit admitForOperator(UserId user, PoolName pool) {
        requireRoom(pool);
        OpenJobCounter counter = openJobs.of(user);
        return new Permit() {
            @Override
            public void accepted() {
                counter.added();
                sent(pool);
            }

            @Override
            public void unused() {
                // Nothing was reserved.
            }
        };
    }

    private void requireRate(UserId user) {
        if (!rates.take(user)) {
            Duration refresh = rates.refresh();
            throw refused(
                    ProblemType.RATE_LIMITED,
                    "A user may submit or retry " + rates.limit() + " jobs in " + refresh
                            + ". Send the same request again after Retry-After, and reduce the rate.",
                    refresh.compareTo(SECOND) < 0 ? SECOND : refresh.plusNanos(999_999_999));
        }
    }

    private void requireRoom(PoolName pool) {
        MasterDepth depth = depths.get(pool);
        if (depth != null && !depth.hasRoom()) {
            throw refused(
                    ProblemType.QUEUE_FULL,
                    "The master queues of the pool " + pool
                            + " are full. Send the same request again after Retry-After.",
                    settings.retryAfter());
        }
    }

    private void sent(PoolName pool) {
        MasterDepth depth = depths.get(pool);
        if (depth != null) {
            depth.sent();
        }
    }

    private ProblemException refused(ProblemType type, String detail, Duration retryAfter) {
        refusals(type).increment();
        return ProblemException.unavailable(type, detail, retryAfter, null);
    }

    private Counter refusals(ProblemType type) {
        return Counter.builder(FleetMetric.API_REFUSALS.metricName())
                .description(FleetMetric.API_REFUSALS.description())
                .tag("reason", type.code())
                .register(meters);
    }
}
