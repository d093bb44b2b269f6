package io.renderfleet.jobtype;

import io.renderfleet.job.JobTypeName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The runners of a worker, by the type of job that each runs. A service that runs jobs defines a bean of this class; the
 * modules of the types then add theirs.
 */
public final class JobRunners {
    private final Map<JobTypeName, JobRunner> runners;

    /** @throws IllegalStateException when two runners run one type */
    public JobRunners(List<JobRunner> all) {
        runners = all.stream().collect(Collectors.toMap(JobRunner::type, Function.identity()));
    }

    /** The runner of a type; empty when this worker has none. */
    public Optional<JobRunner> find(JobTypeName type) {
        return Optional.ofNullable(runners.get(type));
    }
}
