package io.renderfleet.testing;

import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobAttempt;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/** An attempt for tests of runners. Its hooks never run, and its artifacts go nowhere. */
public record TestAttempt(BooleanSupplier stopped, DoubleConsumer progressed) implements JobAttempt {

    @Override
    public JobId jobId() {
        return JobId.random();
    }

    @Override
    public UserId owner() {
        return new UserId("user-1");
    }

    @Override
    public int number() {
        return 1;
    }

    @Override
    public Instant deadline() {
        return Instant.MAX;
    }

    @Override
    public boolean isStopped() {
        return stopped.getAsBoolean();
    }

    @Override
    public void onStop(Runnable hook) {}

    @Override
    public void progress(double fraction) {
        progressed.accept(fraction);
    }

    @Override
    public Optional<String> kept() {
        return Optional.empty();
    }

    @Override
    public void keep(String text) {}

    @Override
    public Path scratch() throws IOException {
        return Files.createTempDirectory("test-attempt-");
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
