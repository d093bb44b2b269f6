package io.renderfleet.testing.echo;

import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs {@link EchoJobType} jobs. */
public final class EchoRunner implements JobRunner {
    private static final Duration STEP = Duration.ofMillis(5);
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String TEXT = "text/plain;charset=utf-8";
    /** Ends by itself after a minute or two, should nobody end it. */
    private static final String FORKING =
            "trap '' TERM; i=0; while [ $i -lt 100 ]; do sleep 60 & i=$((i+1)); done; sleep 60";

    @Override
    public JobTypeName type() {
        return EchoJobType.NAME;
    }

    @Override
    @SuppressWarnings("NullAway") // Returning nothing is one of the ways to misbehave.
    public JobOutput run(JobPayload payload, JobAttempt attempt) throws IOException {
        EchoJobType.Payload echo = EchoJobType.FORMAT.read(payload);
        return switch (echo.behaviour()) {
            case NORMAL -> {
                if (echo.delay() != null) {
                    sleep(echo.delay(), attempt);
                }
                Path said = attempt.scratch().resolve("said.txt");
                yield new JobOutput(Files.writeString(said, echo.text().repeat(echo.times())), "txt", "text/plain");
            }
            case HANG -> {
                hang();
                yield null;
            }
            case REJECT -> throw new JobRejectedException(new JobError("echo-rejected", "The text cannot be said."));
            case FAIL -> throw new IOException("failed on request");
            case THROW_ERROR -> throw new StackOverflowError("thrown on request");
            case RETURN_NOTHING -> null;
            case WRITE_ARTIFACTS -> {
                log(attempt, "said " + echo.times() + " times");
                Path said = attempt.scratch().resolve("said.txt");
                attempt.storeArtifact(new ArtifactName("said.txt"), TEXT, Files.writeString(said, echo.text()));
                yield new JobOutput(said, "txt", "text/plain");
            }
            case LOG_AND_FAIL -> {
                log(attempt, "it went wrong");
                throw new IOException("failed on request");
            }
            case WRITE_TOO_MUCH -> {
                Path large = attempt.scratch().resolve("large");
                try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
                    // It shows this size and takes no room.
                    file.setLength(5L << 30);
                }
                sleep(LONG, attempt);
                yield new JobOutput(large, "bin", "application/octet-stream");
            }
            case FORK -> {
                Process program = attempt.start(new ProcessBuilder("sh", "-c", FORKING));
                try {
                    yield fail("the program ended with " + program.waitFor());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StoppedException();
                }
            }
        };
    }

    private static JobOutput fail(String message) throws IOException {
        throw new IOException(message);
    }

    private static void log(JobAttempt attempt, String line) throws IOException {
        try (OutputStream log = attempt.openArtifact(new ArtifactName("log.txt"), TEXT)) {
            log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void sleep(Duration delay, JobAttempt run) {
        long start = System.nanoTime();
        CountDownLatch never = new CountDownLatch(1);
        while (System.nanoTime() - start < delay.toNanos()) {
            if (run.isStopped()) {
                throw new StoppedException();
            }
            run.progress((double) (System.nanoTime() - start) / delay.toNanos());
            try {
                if (never.await(STEP.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoppedException();
            }
        }
    }

    /** Goes on for ever, whatever it is told. */
    private static void hang() {
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            try {
                if (never.await(1, TimeUnit.HOURS)) {
                    return;
                }
            } catch (InterruptedException e) {
                // It ignores everything: that is what it is for.
            }
        }
    }
}
