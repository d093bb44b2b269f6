package io.renderfleet.worker.execution;

import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a runner access to its attempt: stop signal, progress, scratch directory, artifacts and programs. */
final class RunnerAttempt implements JobAttempt {
    private static final Logger log = LoggerFactory.getLogger(RunnerAttempt.class);

    private final RunningJob job;
    private final AttemptLimits limits;
    private final Scratch scratch = new Scratch();
    private final Artifacts artifacts;
    private final Programs programs;

    /** @param killAfter the time between SIGTERM and SIGKILL for programs when the attempt is stopped */
    RunnerAttempt(RunningJob job, ResultStore results, RegionId region, AttemptLimits limits, Duration killAfter) {
        this.job = job;
        this.limits = limits;
        this.artifacts = new Artifacts(job, results, region, limits.outputLimit());
        this.programs = new Programs(job, scratch, limits.processLimit(), killAfter);
    }

    /**
     * Stops the attempt if it exceeds one of its limits. Called about every second while the runner runs; never throws.
     */
    void enforceLimits() {
        try {
            if (scratch.exceeds(limits.scratchLimit().toBytes())) {
                job.exceed(new JobError(
                        "scratch-too-large",
                        "The attempt has more than " + limits.scratchLimit().toMegabytes() + " MB or "
                                + Scratch.MAX_ENTRIES
                                + " files in its directory. Request less work in one job, or ask the operator to raise"
                                + " renderfleet.worker.scratch-limit."));
            }
            programs.check();
        } catch (RuntimeException | Error e) {
            log.warn("Could not check the limits of job {}; checking again in a second: {}", job.jobId(), e.toString());
        }
    }

    /** Uploads the runner's output as the attempt's result. */
    JobResult storeResult(JobOutput output) throws IOException {
        return artifacts.result(output);
    }

    /** Kills the attempt's programs. Can be called more than once. */
    void endPrograms() {
        programs.end();
    }

    /** Kills the attempt's programs, aborts its open uploads and refuses new ones. */
    void end() {
        programs.end();
        artifacts.end();
    }

    /** Deletes the attempt's scratch directory. Can be called more than once. */
    void deleteScratch() {
        scratch.close();
    }

    @Override
    public JobId jobId() {
        return job.jobId();
    }

    @Override
    public UserId owner() {
        return job.job().userId();
    }

    @Override
    public int number() {
        return job.number();
    }

    @Override
    public Instant deadline() {
        return job.deadline();
    }

    @Override
    public boolean isStopped() {
        return job.isStopped();
    }

    @Override
    public void onStop(Runnable hook) {
        job.onStop(hook);
    }

    @Override
    public void progress(double fraction) {
        job.progress(fraction);
    }

    @Override
    public Optional<String> kept() {
        return Optional.ofNullable(job.kept());
    }

    @Override
    public void keep(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_KEPT_BYTES) {
            throw new IllegalArgumentException(
                    "An attempt can keep at most " + MAX_KEPT_BYTES + " bytes for the next one; these are " + bytes);
        }
        job.keep(text);
    }

    @Override
    public Path scratch() throws IOException {
        return scratch.directory();
    }

    @Override
    public void storeArtifact(ArtifactName name, String contentType, Path file) throws IOException {
        artifacts.store(name, contentType, file);
    }

    @Override
    public OutputStream openArtifact(ArtifactName name, String contentType) throws IOException {
        return artifacts.open(name, contentType);
    }

    @Override
    public Process start(ProcessBuilder program) throws IOException {
        return programs.start(program);
    }
}
