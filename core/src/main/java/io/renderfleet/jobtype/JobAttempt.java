package io.renderfleet.jobtype;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * One attempt at a job, as its runner sees it.
 *
 * <p>When the attempt must stop (its time is over, the job was cancelled, the lease was lost, it exceeds a limit, or
 * the worker shuts down), {@link #isStopped} becomes true and the hooks of {@link #onStop} run. A runner that has not
 * returned a few seconds later is interrupted. A runner that ignores the interrupt is left behind: its job is settled,
 * and its output is discarded.
 *
 * <p>The worker's settings limit the size of an attempt's directory, the bytes that it uploads, and the number of its
 * processes. An attempt that exceeds a limit must stop, and its job fails.
 *
 * <p>Thread-safe.
 */
public interface JobAttempt {
    /** The longest text of {@link #keep}, in bytes of UTF-8. */
    int MAX_KEPT_BYTES = 64 * 1024;

    /** The most streams of {@link #openArtifact} that may be open at a time. */
    int MAX_OPEN_ARTIFACTS = 4;

    JobId jobId();

    /** The user whose job it is. */
    UserId owner();

    /** The attempt's number, from 1. */
    int number();

    /** When the attempt must stop because the job's timeout has passed. */
    Instant deadline();

    /** Whether the attempt must stop. The call is cheap: make it several times a second. */
    boolean isStopped();

    /**
     * Adds an action for the time when the attempt must stop, such as closing a socket. It runs once, on another
     * thread; immediately if the attempt must stop already. It must not block.
     */
    void onStop(Runnable hook);

    /**
     * Reports the progress. The call is cheap: make it often.
     *
     * @param fraction 0 to 1
     */
    void progress(double fraction);

    /** What an earlier attempt of the job kept for this one; empty when there is nothing. */
    Optional<String> kept();

    /**
     * Keeps a text for the next attempt, if this one does not finish the job: it is stored when the lease is renewed and
     * when the job is released. It replaces what was kept before, and is deleted when the job is over. The call is cheap:
     * make it whenever there is something worth keeping.
     *
     * <p>Each kilobyte costs one more write unit in each write of the job until it is over.
     *
     * @throws IllegalArgumentException when the text has more than {@value #MAX_KEPT_BYTES} bytes
     */
    void keep(String text);

    /**
     * A directory for this attempt only. It is deleted with its contents when the runner has returned and its output is
     * stored.
     */
    Path scratch() throws IOException;

    /**
     * Uploads a file as an artifact of the job, on the calling thread. The artifact is visible to users when the
     * attempt next stores its progress or renews its lease, and at the latest when the attempt has ended, unless the
     * lease was lost. It replaces an artifact with the same name.
     *
     * <p>An attempt has at most {@value Artifact#MAX_NAMES} artifacts. A stop ends an upload in progress. After a
     * stop, a small file such as a log can still be stored in the seconds before the interrupt.
     *
     * @param contentType a media type, such as {@code text/plain;charset=utf-8}
     * @throws IllegalArgumentException when there are too many names, or the content type is not a media type
     * @throws StoppedException when a stop ended the upload, or the attempt exceeds its limit of bytes
     * @throws IOException when the file cannot be read, or the attempt is over
     */
    void storeArtifact(ArtifactName name, String contentType, Path file) throws IOException;

    /**
     * Opens an artifact whose content is uploaded while it is written, in parts of 8 MiB, one of which is kept in
     * memory. The artifact is stored when the stream is closed, as described at {@link #storeArtifact}. It is
     * discarded when a write fails, or when the stream is open at the end of the attempt.
     *
     * <p>The stream may be used by one thread at a time. The part in memory counts towards {@link JobRunner#memory}.
     * Writes wait for S3, and throw the exceptions of {@link #storeArtifact}.
     *
     * @throws IllegalArgumentException as for {@link #storeArtifact}
     * @throws IllegalStateException when {@value #MAX_OPEN_ARTIFACTS} streams are open
     */
    OutputStream openArtifact(ArtifactName name, String contentType) throws IOException;

    /**
     * Starts a program that ends with the attempt. Its working directory is {@link #scratch} unless the builder sets
     * another one, and its temporary files are created there. When the attempt must stop, the program and all its
     * descendants receive SIGTERM, and are killed a few seconds later. Those that run when the runner has returned are
     * killed at once.
     *
     * <p>The program does not inherit the worker's environment, because that may contain AWS credentials. It gets
     * {@code PATH}, {@code HOME} and {@code LANG} of the worker, {@code TMPDIR} with the directory {@link #scratch},
     * and the variables that the builder's environment has with values other than the worker's own.
     *
     * <p>The caller must read or redirect the program's output; otherwise the program blocks when the pipe is full.
     *
     * @throws StoppedException when the attempt must stop
     * @throws IOException when the program cannot be started, or the attempt is over
     */
    Process start(ProcessBuilder program) throws IOException;
}
