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
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/**
 * Decides whether one more job may come in, before anything is stored, and from what this instance knows already: no
 * request waits for a count or a reading, and none adds a write, or a call to SQS, of its own.
 *
 * <p>A repeat of a request counts against the rate, which is there for the requests, and not against the open jobs.
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
            Background background,
            AdmissionSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.rates = rates;
        this.openJobs = openJobs;
        fleet.poolNames()
                .forEach(pool -> depths.put(pool, new MasterDepth(pool, queues, calls, background, settings, clock)));
        this.settings = settings;
        this.meters = meters;
    }

    /** Room for one job, until one of these is called, once. */
    public interface Permit {
        /** There is one more open job, and its message is sent. */
        void accepted();

        /** There is not. */
        void unused();
    }

    /**
     * Room for one job of the user; {@link ProblemException} with the time to wait when there is none.
     *
     * @param pool of the job; one that this deployment runs
     */
    public Permit admit(UserId user, PoolName pool) {
        MasterDepth depth = Objects.requireNonNull(depths.get(pool), "the pool of a valid submission is configured");
        if (!rates.take(user)) {
            Duration refresh = rates.refresh();
            throw refused(
                    ProblemType.RATE_LIMITED,
                    "One user may send " + rates.limit() + " jobs in " + refresh
                            + ". Send the same request again after Retry-After, and fewer at a time.",
                    refresh.compareTo(SECOND) < 0 ? SECOND : refresh.plusNanos(999_999_999));
        }
        if (!depth.hasRoom()) {
            throw refused(
                    ProblemType.QUEUE_FULL,
                    "More jobs wait for the pool " + pool
                            + " than it can take. Send the same request again after Retry-After.",
                    settings.retryAfter());
        }
        OpenJobCounter counter = openJobs.of(user);
        if (!openJobs.take(user, counter)) {
            throw refused(
                    ProblemType.TOO_MANY_OPEN_JOBS,
                    "One user may have " + settings.inFlight() + " jobs that are not finished. Wait until some are, or"
                            + " cancel some, and send the same request again after Retry-After.",
                    settings.retryAfter());
        }
        return new Permit() {
            @Override
            public void accepted() {
                counter.accepted();
                depth.sent();
            }

            @Override
            public void unused() {
                counter.unused();
            }
        };
    }

    private ProblemException refused(ProblemType type, String detail, Duration retryAfter) {
        Counter.builder(FleetMetric.API_REFUSALS.metricName())
                .description(FleetMetric.API_REFUSALS.description())
                .tag("reason", type.code())
                .register(meters)
                .increment();
        return ProblemException.unavailable(type, detail, retryAfter, null);
    }
}
