package io.renderfleet.worker.execution;

import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobOutput;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running job as its runner sees it, with all that the runner takes of the worker: files, uploads and programs. */
final class RunnerAttempt implements JobAttempt {
    private static final Logger log = LoggerFactory.getLogger(RunnerAttempt.class);

    private final RunningJob job;
    private final AttemptLimits limits;
    private final Scratch scratch = new Scratch();
    private final Artifacts artifacts;
    private final Programs programs;

    /** @param killAfter how long programs have to end when the attempt is to stop */
    RunnerAttempt(RunningJob job, ResultStore results, RegionId region, AttemptLimits limits, Duration killAfter) {
        this.job = job;
        this.limits = limits;
        this.artifacts = new Artifacts(job, results, region, limits.outputLimit());
        this.programs = new Programs(job, scratch, limits.processLimit(), killAfter);
    }

    /** Stops the attempt when it takes more than it may. Called about every second while the runner works; never throws. */
    void enforceLimits() {
        try {
            if (scratch.exceeds(limits.scratchLimit().toBytes())) {
                job.exceed(new JobError(
                        "scratch-too-large",
                        "The attempt has more than " + limits.scratchLimit().toMegabytes() + " MB or "
                                + Scratch.MAX_ENTRIES
                                + " files in its directory. Ask for less in one job, or have"
                                + " renderfleet.worker.scratch-limit raised."));
            }
            programs.check();
        } catch (RuntimeException | Error e) {
            log.warn("The limits of job {} could not be checked this time: {}", job.jobId(), e.toString());
        }
    }

    /** Stores what the runner made as the attempt's result. */
    JobResult storeResult(JobOutput output) throws IOException {
        return artifacts.result(output);
    }

    /** Kills the programs, also after {@link #end}. */
    void endPrograms() {
        programs.end();
    }

    /** Ends what the runner began and did not end, and takes nothing from it any more. */
    void end() {
        programs.end();
        artifacts.end();
    }

    /** Deletes the directory of the attempt, also when that was tried before. */
    void deleteScratch() {
        scratch.close();
    }

    @Override
    public JobId jobId() {
        return job.jobId();
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
