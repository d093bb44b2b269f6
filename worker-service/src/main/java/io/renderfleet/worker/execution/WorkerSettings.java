package io.renderfleet.worker.execution;

import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of a worker.
 *
 * @param region the region in which the worker runs: it polls the queues of this region and stores results in its
 *     bucket. Required
 * @param lanes the lanes from which the worker receives jobs; by default all. Each lane needs at least one worker per
 *     region
 * @param pools the pools whose jobs the worker runs, a subset of {@code renderfleet.pools}; by default all
 * @param slots the number of jobs of each pool that run at the same time, up to 1000. With 0, the default, the pool's
 *     own number counts: one per core for kind {@code cpu}, 32 for kind {@code io}, unless {@code renderfleet.pools}
 *     sets another
 * @param lease how long a worker may fail to renew its claim on a job before another worker can take the job over, from
 *     3 seconds to 1 hour. A worker renews after one third of this time
 * @param grace how long running jobs may continue after the worker was told to shut down, up to 80 seconds; then they
 *     are released. The whole shutdown stays below two minutes, the longest stop timeout of Fargate
 * @param memory the heap that all attempts together may reserve, for example {@code 300MB}; by default 45 percent of
 *     the maximum heap
 * @param jobsInHand a directory in which the worker keeps the names of the jobs that it runs, for the process that is
 *     started after it when it is killed; by default none. No other worker may use it
 * @param drainCheck how often the worker reads whether its region is drained, up to 5 minutes; 0 disables the check
 */
@Validated
@ConfigurationProperties("renderfleet.worker")
public record WorkerSettings(
        @NotNull(message = "is required: set it to the region in which this worker runs, for example us-east-1")
        RegionId region,

        @DefaultValue({"high", "normal", "low", "ordered"}) @NotEmpty
        Set<Lane> lanes,

        @DefaultValue Set<PoolName> pools,

        @DefaultValue("0") @Min(0) @Max(1000) int slots,

        @DefaultValue("90s") @DurationMin(seconds = 3) @DurationMax(hours = 1)
        Duration lease,

        @DefaultValue("60s") @DurationMin(seconds = 0) @DurationMax(seconds = 80)
        Duration grace,

        @DefaultValue("10s") @DurationMin(seconds = 0) @DurationMax(minutes = 5)
        Duration drainCheck,

        @Nullable DataSize memory,
        @Nullable Path jobsInHand) {
    private static final Duration STOP_GRACE = Duration.ofSeconds(5);

    public WorkerSettings {
        lanes = Set.copyOf(lanes);
        pools = Set.copyOf(pools);
        if (memory != null && memory.toBytes() <= 0) {
            throw new IllegalArgumentException("renderfleet.worker.memory must be greater than 0, for example 300MB");
        }
    }

    /**
     * The time between two renewals of a lease: a third of the lease, so that two renewals may fail before it is lost.
     */
    Duration heartbeat() {
        return lease.dividedBy(3);
    }

    /**
     * How long a runner may take to return after a stop, and again after the interrupt that follows, before its thread
     * is left behind. Both periods together are shorter than the rest of a lease that was last renewed before the stop.
     */
    Duration stopGrace() {
        Duration share = lease.dividedBy(6);
        return share.compareTo(STOP_GRACE) < 0 ? share : STOP_GRACE;
    }

    /**
     * The time between SIGTERM and SIGKILL for programs: shorter than the grace period, so that their runner can
     * return.
     */
    Duration killAfter() {
        return stopGrace().multipliedBy(3).dividedBy(5);
    }

    /**
     * How long a message is hidden: two seconds longer than the lease, so that it is never delivered during the lease.
     */
    public Duration visibility() {
        return lease.plusSeconds(2);
    }

    DataSize memoryForJobs() {
        return memory == null ? DataSize.ofBytes(Runtime.getRuntime().maxMemory() / 100 * 45) : memory;
    }
}
