package io.renderfleet.jobtype;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.JobId;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;

/**
 * One attempt at a job, as its runner sees it.
 *
 * <p>When the attempt is to stop (its time is over, the job was cancelled, the lease was lost, it exceeds a limit, the worker
 * shuts down), {@link #isStopped} becomes true and the hooks of {@link #onStop} run. A runner that has not returned a few
 * seconds later is interrupted; one that ignores that too is left behind: its job is settled, and what it returns is
 * discarded.
 *
 * <p>What an attempt writes and starts has limits, which the worker's settings say: the size of its directory, what it
 * uploads, and how many processes it has. An attempt that exceeds one is told to stop, and its job fails.
 *
 * <p>Thread-safe.
 */
public interface JobAttempt {
    /** How many streams of {@link #openArtifact} may be open at a time. */
    int MAX_OPEN_ARTIFACTS = 4;

    JobId jobId();

    /** From 1, one more than the attempt before. */
    int number();

    /** When the attempt is told to stop, because it has taken as long as the job allows. */
    Instant deadline();

    /** Whether to stop now. Cheap: ask often, several times a second. */
    boolean isStopped();

    /**
     * Adds what is to be done when the attempt is to stop: close a socket, destroy a process. It runs once, on another
     * thread, at once when the attempt is to stop already. It must not block.
     */
    void onStop(Runnable hook);

    /** Reports how much is done, 0 to 1. Cheap: report often. */
    void progress(double fraction);

    /**
     * A directory of this attempt alone. It is deleted with all that is in it once the runner has returned and its output
     * is stored.
     */
    Path scratch() throws IOException;

    /**
     * Uploads a file as an artifact of the job, on the calling thread. Users see it when the attempt next writes
     * its progress or renews its lease, and at the latest when it has ended, in whichever way, unless the lease was lost. A
     * name that was stored before gets this file instead.
     *
     * <p>An attempt has at most {@value Artifact#MAX_NAMES} names. A stop ends an upload that it meets; after a stop a small
     * file, such as a log, can still be stored in the seconds before the interrupt.
     *
     * @param contentType a media type, such as {@code text/plain;charset=utf-8}
     * @throws IllegalArgumentException when there are too many names, or the content type is not a media type
     * @throws StoppedException when a stop ended the upload, or the attempt exceeds its limit
     * @throws IOException when the file cannot be read, or the attempt is over
     */
    void storeArtifact(ArtifactName name, String contentType, Path file) throws IOException;

    /**
     * Opens an artifact whose content is uploaded while it is written, in parts of 8 MiB, of which one is in memory. The
     * artifact is stored when the stream is closed, as {@link #storeArtifact} says; a stream whose write failed, or that is
     * open when the attempt ends, is given up.
     *
     * <p>The stream is for one thread at a time, and its part belongs to what {@link JobRunner#memory} says. Its writes wait for S3, and throw what {@link #storeArtifact} throws.
     *
     * @throws IllegalArgumentException as for {@link #storeArtifact}
     * @throws IllegalStateException when {@value #MAX_OPEN_ARTIFACTS} streams are open
     */
    OutputStream openArtifact(ArtifactName name, String contentType) throws IOException;

    /**
     * Starts a program in the attempt's care. Its directory is {@link #scratch} unless the builder has another one, and its
     * temporary files go there. When the attempt is to stop, the program and all that it started are asked to end (SIGTERM),
     * and killed a few seconds later. When the runner has returned, what is left is killed at once.
     *
     * <p>The program does not inherit the worker's environment, because that may contain AWS credentials. It gets
     * {@code PATH}, {@code HOME} and {@code LANG} of the worker, {@code TMPDIR} with the directory {@link #scratch}, and the
     * variables that the builder's environment has with values other than the worker's own.
     *
     * <p>The caller reads what the program prints, or redirects it: a program whose output nobody reads blocks.
     *
     * @throws StoppedException when the attempt is to stop
     * @throws IOException when the program cannot be started, or the attempt is over
     */
    Process start(ProcessBuilder program) throws IOException;
}
