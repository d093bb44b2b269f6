package io.renderfleet.api.lookup;

import io.renderfleet.api.lookup.JobView.FileLink;
import io.renderfleet.blob.DownloadHeaders;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.blob.StoredFile;
import io.renderfleet.blob.UnknownFileRegionException;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Creates links to the results and artifacts of jobs, and reads their headers. A file whose region this deployment does
 * not have cannot be reached: views of its job have no link to it, and its own address answers
 * {@code file-unreachable}. Both are logged.
 */
@Component
class StoredFiles {
    private static final Logger log = LoggerFactory.getLogger(StoredFiles.class);

    private final ResultStore results;
    private final LookupSettings settings;
    private final Clock clock;

    StoredFiles(ResultStore results, LookupSettings settings, Clock clock) {
        this.results = results;
        this.settings = settings;
        this.clock = clock;
    }

    /** A link to the result of a job that has one; empty when the file cannot be reached. */
    Optional<FileLink> resultLink(Job completed) {
        return reachable(() -> results.locate(completed)).map(this::link);
    }

    /** A link to an artifact; empty when the file cannot be reached. */
    Optional<FileLink> artifactLink(Job job, Artifact artifact) {
        return reachable(() -> results.locate(job, artifact)).map(this::link);
    }

    private FileLink link(StoredFile file) {
        // Computed before the link is signed, and truncated to seconds like the signature, so it is never too late.
        Instant expiresAt = clock.instant().plus(settings.linkLifetime()).truncatedTo(ChronoUnit.SECONDS);
        return new FileLink(results.link(file, settings.linkLifetime()), expiresAt);
    }

    /** The result of a job that has one; throws a {@link ProblemException} when the file cannot be reached. */
    StoredFile result(Job completed) {
        return reachable(() -> results.locate(completed)).orElseThrow(() -> unreachable(completed.id()));
    }

    /** An artifact; throws a {@link ProblemException} when the file cannot be reached. */
    StoredFile artifact(Job job, Artifact artifact) {
        return reachable(() -> results.locate(job, artifact)).orElseThrow(() -> unreachable(job.id()));
    }

    private static Optional<StoredFile> reachable(Supplier<StoredFile> location) {
        try {
            return Optional.of(location.get());
        } catch (UnknownFileRegionException e) {
            log.warn(
                    "No link was made: {} If the region was removed, add it to the settings until its results have"
                            + " expired. Otherwise the record is wrong.",
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static ProblemException unreachable(JobId job) {
        return ProblemException.of(
                ProblemType.FILE_UNREACHABLE,
                "The record of job " + job + " names a region that this service does not use, so the file cannot be"
                        + " read. Submit a new job, or ask the operator to check renderfleet.regions.");
    }

    ResponseEntity<Void> redirect(StoredFile file) {
        return ResponseEntity.status(HttpStatus.FOUND)
                .location(link(file).url())
                .cacheControl(CacheControl.noStore())
                .build();
    }

    /** The headers of a file; empty when the file is no longer stored. */
    Optional<ResponseEntity<Void>> head(StoredFile file) {
        DownloadHeaders headers = DownloadHeaders.of(file);
        return results.head(file)
                .map(head -> ResponseEntity.ok()
                        .cacheControl(CacheControl.noStore())
                        .contentType(MediaType.parseMediaType(headers.contentType()))
                        .header(HttpHeaders.CONTENT_DISPOSITION, headers.disposition())
                        .contentLength(head.bytes())
                        .eTag(head.eTag())
                        .lastModified(head.lastModified())
                        .header(HttpHeaders.ACCEPT_RANGES, "bytes")
                        .build());
    }
}
