package io.renderfleet.testing;

import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobAttempt;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An attempt for tests of runners that a test stops, and whose kept text the next attempt gets. Thread-safe. */
public final class StoppableAttempt implements JobAttempt {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final JobId id;
    private final Path directory;
    private final @Nullable String fromBefore;
    private final Instant deadline = Instant.now().plus(Duration.ofMinutes(30));
    private final List<Runnable> hooks = new ArrayList<>();
    private @Nullable String kept;
    private double progress;
    private boolean stopped;

    /** @param fromBefore what an earlier attempt kept */
    public StoppableAttempt(JobId id, Path directory, @Nullable String fromBefore) {
        this.id = id;
        this.directory = directory;
        this.fromBefore = fromBefore;
    }

    /** Stops the attempt, and runs its hooks on this thread. */
    public void stop() {
        List<Runnable> all;
        synchronized (this) {
            stopped = true;
            all = List.copyOf(hooks);
        }
        all.forEach(Runnable::run);
    }

    /** What the next attempt gets; null for nothing. */
    public synchronized @Nullable String keptForNext() {
        return kept;
    }

    /** The latest progress. */
    public synchronized double progressed() {
        return progress;
    }

    /** Waits until the progress has reached a share. */
    public synchronized void awaitProgress(double share) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (progress < share) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new IllegalStateException("the progress is " + progress + " after " + PATIENCE);
            }
            wait(left);
        }
    }

    @Override
    public JobId jobId() {
        return id;
    }

    @Override
    public UserId owner() {
        return new UserId("user-1");
    }

    @Override
    public int number() {
        return fromBefore == null ? 1 : 2;
    }

    @Override
    public Instant deadline() {
        return deadline;
    }

    @Override
    public synchronized boolean isStopped() {
        return stopped;
    }

    @Override
    public synchronized void onStop(Runnable hook) {
        hooks.add(hook);
    }

    @Override
    public synchronized void progress(double fraction) {
        progress = fraction;
        notifyAll();
    }

    @Override
    public Optional<String> kept() {
        return Optional.ofNullable(fromBefore);
    }

    @Override
    public synchronized void keep(String text) {
        kept = text;
    }

    @Override
    public Path scratch() {
        return directory;
    }

    @Override
    public void storeArtifact(ArtifactName name, String contentType, Path file) {}

    @Override
    public OutputStream openArtifact(ArtifactName name, String contentType) {
        return OutputStream.nullOutputStream();
    }

    @Override
    public Process start(ProcessBuilder program) throws IOException {
        return program.start();
    }
}
