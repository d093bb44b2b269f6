package io.renderfleet.worker.execution;

import io.renderfleet.blob.ResultStore;
import io.renderfleet.blob.UploadStream;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.FileId;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobResult;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.util.unit.DataSize;

/**
 * Uploads the artifacts and the result of one attempt. An attempt that uploads more than its limit is stopped, and
 * uploads are refused once the attempt has ended.
 *
 * <p>Thread-safe.
 */
final class Artifacts {
    private final RunningJob job;
    private final ResultStore results;
    private final RegionId region;
    private final DataSize limit;
    private final Map<ArtifactName, Numbered> stored = new TreeMap<>();
    private final Set<ArtifactName> names = new HashSet<>();
    private final Set<Upload> open = new HashSet<>();
    private int begun;
    private long bytes;
    private boolean ended;

    Artifacts(RunningJob job, ResultStore results, RegionId region, DataSize limit) {
        this.job = job;
        this.results = results;
        this.region = region;
        this.limit = limit;
    }

    void store(ArtifactName name, String contentType, Path file) throws IOException {
        Numbered next = next(name, contentType);
        charge(Files.size(file));
        // A stop ends the uploads that began before it. A runner can still store its log until it is interrupted.
        boolean stopped = job.isStopped();
        record(new Numbered(
                next.number(),
                results.store(job.jobId(), next.artifact(), file, stopped ? () -> {} : this::throwIfStopped)));
    }

    synchronized OutputStream open(ArtifactName name, String contentType) throws IOException {
        if (open.size() >= JobAttempt.MAX_OPEN_ARTIFACTS) {
            throw new IllegalStateException("An attempt can have at most " + JobAttempt.MAX_OPEN_ARTIFACTS
                    + " open artifacts. Close one before you open another.");
        }
        Numbered next = next(name, contentType);
        Upload upload = new Upload(next, results.open(job.jobId(), next.artifact()));
        open.add(upload);
        return upload;
    }

    JobResult result(JobOutput output) throws IOException {
        charge(Files.size(output.file()));
        return results.store(
                region,
                job.jobId(),
                job.number(),
                output.extension(),
                output.contentType(),
                output.file(),
                this::throwIfStopped);
    }

    /** Aborts all open uploads. No artifact is added after this. */
    synchronized void end() {
        ended = true;
        // On other threads, because an abort waits for a part that is being uploaded.
        open.forEach(upload -> Thread.ofVirtual().name("abort-upload").start(upload.content::abort));
        open.clear();
    }

    private void throwIfStopped() {
        if (job.isStopped()) {
            throw new StoppedException();
        }
    }

    private synchronized Numbered next(ArtifactName name, String contentType) throws IOException {
        checkOpen();
        if (!names.contains(name) && names.size() == Artifact.MAX_NAMES) {
            throw new IllegalArgumentException("An attempt can use at most " + Artifact.MAX_NAMES
                    + " artifact names. Store " + name + " under a name that is already used, or omit it.");
        }
        Artifact artifact = new Artifact(name, job.number(), FileId.random(), region, 0, contentType);
        names.add(name);
        begun++;
        return new Numbered(begun, artifact);
    }

    private synchronized void record(Numbered file) throws IOException {
        checkOpen();
        stored.merge(file.artifact().name(), file, (one, other) -> one.number() > other.number() ? one : other);
        job.setArtifacts(stored.values().stream().map(Numbered::artifact).toList());
    }

    private synchronized void charge(long more) throws IOException {
        checkOpen();
        bytes += more;
        if (bytes > limit.toBytes()) {
            job.exceed(new JobError(
                    "output-too-large",
                    "The result and the artifacts of the attempt are larger than " + limit.toMegabytes()
                            + " MB in total. Request less work in one job, or ask the operator to raise"
                            + " renderfleet.worker.output-limit."));
            throw new StoppedException();
        }
    }

    private void checkOpen() throws IOException {
        if (ended) {
            throw new IOException("The attempt has ended and cannot store artifacts.");
        }
    }

    /** An artifact, and how many the attempt had begun with it: of two with the same name, the later one counts. */
    private record Numbered(int number, Artifact artifact) {}

    /** The stream to which a runner writes an artifact. */
    private final class Upload extends OutputStream {
        private final Numbered file;
        private final UploadStream content;
        private boolean over;

        Upload(Numbered file, UploadStream content) {
            this.file = file;
            this.content = content;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, source.length);
            try {
                charge(length);
                content.write(source, offset, length);
            } catch (IOException | RuntimeException | Error e) {
                abort();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            if (over) {
                return;
            }
            try {
                checkOpen();
                content.close();
                record(new Numbered(file.number(), file.artifact().withBytes(content.bytes())));
            } finally {
                abort();
            }
        }

        /** Has no effect on an upload that is complete. */
        private void abort() {
            over = true;
            content.abort();
            synchronized (Artifacts.this) {
                open.remove(this);
            }
        }
    }
}
