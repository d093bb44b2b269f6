package io.renderfleet.worker.execution;

import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.jobtype.JobRunner.MemoryNeed;
import io.renderfleet.testing.JobBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Does what a test tells it to, and counts how often. */
public final class ScriptedRunner implements JobRunner {
    private static final long PATIENCE_SECONDS = 20;

    /** What a run does. */
    @FunctionalInterface
    public interface Script {
        JobOutput run(JobAttempt run) throws Exception;
    }

    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private volatile MemoryNeed need = MemoryNeed.NONE;
    private volatile @Nullable Instant closed;
    private volatile Script script = run -> output("done");

    public static JobOutput output(String text) {
        try {
            Path file = Files.createTempFile("scripted-", ".png");
            file.toFile().deleteOnExit();
            return new JobOutput(Files.writeString(file, text), "png", "image/png");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From here on no job can be run before the given time; null for no such time. */
    public void closedUntil(@Nullable Instant until) {
        closed = until;
    }

    @Override
    public Optional<ClosedPool> closedPool() {
        return Optional.ofNullable(closed).map(until -> new ClosedPool(JobBuilder.POOL, until));
    }

    public void does(Script next) {
        script = next;
    }

    /** From here on runs go on until they are told to stop, each after it counted the latch down. */
    public void runsUntilStopped(CountDownLatch started) {
        does(run -> {
            started.countDown();
            awaitStop(run);
            throw new StoppedException();
        });
    }

    /** From here on runs wait until they are let go, each after it counted the latch down. */
    public void waitsFor(CountDownLatch go, CountDownLatch started) {
        does(run -> {
            started.countDown();
            if (!go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test never let go");
            }
            return output("done");
        });
    }

    public static void awaitStop(JobAttempt run) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (!run.isStopped()) {
            if (never.await(5, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                throw new IllegalStateException("the run was never told to stop");
            }
        }
    }

    /** From here on each run says that it needs so much. */
    void needs(MemoryNeed next) {
        need = next;
    }

    @Override
    public MemoryNeed memory(JobPayload payload) {
        return need;
    }

    public int runs() {
        return runs.get();
    }

    public int mostAtOnce() {
        return mostAtOnce.get();
    }

    @Override
    public JobTypeName type() {
        return new JobTypeName("render");
    }

    @Override
    public JobOutput run(JobPayload payload, JobAttempt run) throws Exception {
        runs.incrementAndGet();
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try {
            return script.run(run);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            atOnce.decrementAndGet();
        }
    }
}
