package io.renderfleet.worker.execution;

import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
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
 * How a worker works.
 *
 * @param region where it runs, whose queues it polls and whose bucket it fills
 * @param lanes it takes jobs from; some worker of the region has to serve each
 * @param pools whose jobs it runs, some of {@code renderfleet.pools}; all of them when left out
 * @param slots jobs of each of these pools at a time; 0 for what {@code renderfleet.pools} says, which is one per core for
 *     a pool that computes and 32 for one that waits
 * @param lease how long it may be silent before another worker takes its jobs over; renewed three times as often
 * @param grace how long running jobs may go on after it was told to stop, before they are released;
 *     with the time that takes the whole stop stays below the two minutes that Fargate gives at most
 * @param memory the heap that attempts may take together, beside what they share; 45 percent of the largest heap when
 *     left out
 * @param drainCheck how often it looks whether its region is drained; zero for never
 */
@Validated
@ConfigurationProperties("renderfleet.worker")
public record WorkerSettings(
        @NotNull(message = "names no region: set it to the one this worker runs in, such as us-east-1")
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

        @Nullable DataSize memory) {
    private static final Duration STOP_GRACE = Duration.ofSeconds(5);

    public WorkerSettings {
        lanes = Set.copyOf(lanes);
        pools = Set.copyOf(pools);
        if (memory != null && memory.toBytes() <= 0) {
            throw new IllegalArgumentException("renderfleet.worker.memory must be more than nothing, such as 300MB");
        }
    }

    /** How often a lease is renewed: two renewals may fail before it is lost. */
    Duration heartbeat() {
        return lease.dividedBy(3);
    }

    /**
     * How long a runner may take to stop, and once more after an interrupt, before it is left behind. Both together fit into
     * what is left of a lease that was not renewed since the stop.
     */
    Duration stopGrace() {
        Duration share = lease.dividedBy(6);
        return share.compareTo(STOP_GRACE) < 0 ? share : STOP_GRACE;
    }

    /** How long programs may take to end after a stop: short enough that their runner returns before it is interrupted. */
    Duration killAfter() {
        return stopGrace().multipliedBy(3).dividedBy(5);
    }

    /** How long a message is hidden: past the lease, so that it never shows up while the lease is live. */
    public Duration visibility() {
        return lease.plusSeconds(2);
    }

    DataSize memoryForJobs() {
        return memory == null ? DataSize.ofBytes(Runtime.getRuntime().maxMemory() / 100 * 45) : memory;
    }
}
