package io.renderfleet.jobtype;

import io.renderfleet.job.JobTypeName;
import io.renderfleet.pool.PoolName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The runners of a worker, by job type. A service that runs jobs defines a bean of this class, which makes the modules
 * of the job types define their runners.
 */
public final class JobRunners {
    private final Map<JobTypeName, JobRunner> runners;

    /** @throws IllegalStateException when two runners have the same type */
    public JobRunners(List<JobRunner> all) {
        runners = all.stream().collect(Collectors.toMap(JobRunner::type, Function.identity()));
    }

    /** The time before which no job of the pool can be run, as far as a runner knows; empty if one can. */
    public Optional<Instant> closedUntil(PoolName pool) {
        return runners.values().stream()
                .flatMap(runner -> runner.closedPool().stream())
                .filter(closed -> closed.pool().equals(pool))
                .map(JobRunner.ClosedPool::until)
                .max(Comparator.naturalOrder());
    }

    /** The runner of this type; empty when this worker has none. */
    public Optional<JobRunner> find(JobTypeName type) {
        return Optional.ofNullable(runners.get(type));
    }
}
