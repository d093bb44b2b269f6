package io.renderfleet.worker.execution;

import io.renderfleet.job.Job;
import io.renderfleet.job.JobStore;
import io.renderfleet.pool.PoolName;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;

/**
 * Releases the jobs that another process was running in this container when it was killed, so that they need not wait
 * for the end of their leases. If it was killed because the container's memory was used up, each of them is charged, and
 * fails the second time: otherwise a job that needs too much memory would kill one worker after another.
 */
final class LeftJobs implements ApplicationRunner {
    private static final Logger log = LoggerFactory.getLogger(LeftJobs.class);

    private final JobsInHand inHand;
    private final JobStore store;
    private final RandomGenerator random;
    private final Function<PoolName, ExecutionMetrics> metrics;

    LeftJobs(JobsInHand inHand, JobStore store, RandomGenerator random, Function<PoolName, ExecutionMetrics> metrics) {
        this.inHand = inHand;
        this.store = store;
        this.random = random;
        this.metrics = metrics;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        for (JobsInHand.Left left : inHand.left()) {
            try {
                store.find(left.id()).filter(job -> isStill(left, job)).ifPresent(this::settle);
            } catch (RuntimeException e) {
                log.warn(
                        "Could not release job {}, which was running when another process was killed; a worker takes it"
                                + " over when its lease has expired: {}",
                        left.id(),
                        e.toString());
            }
        }
    }

    private static boolean isStill(JobsInHand.Left left, Job job) {
        return job.lease() != null && job.attempt() == left.number();
    }

    private void settle(Job job) {
        RetryDecision decision = inHand.isLeftForMemory()
                ? RetryDecision.outOfMemory(job, random)
                : RetryDecision.interrupted(Attempts.INTERRUPTED);
        boolean settled = decision.next() instanceof RetryDecision.Next.Fail
                ? store.fail(job, decision.outcome(), decision.error(), job.artifacts())
                : store.release(job, decision.outcome(), decision.error(), job.artifacts());
        if (settled) {
            log.warn(
                    "Attempt {} of job {} was running when another process was killed: {}",
                    job.attempt(),
                    job.id(),
                    decision.error().code());
            metrics.apply(job.pool()).ended(decision.outcome());
        }
    }
}
