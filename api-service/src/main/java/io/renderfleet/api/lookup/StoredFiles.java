package io.renderfleet.api.lookup;

import io.renderfleet.api.lookup.JobView.FileLink;
import io.renderfleet.blob.DownloadHeaders;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Creates links to the results and artifacts of jobs, and reads their headers. */
@Component
class StoredFiles {
    private final ResultStore results;
    private final LookupSettings settings;
    private final Clock clock;

    StoredFiles(ResultStore results, LookupSettings settings, Clock clock) {
        this.results = results;
        this.settings = settings;
        this.clock = clock;
    }

    FileLink link(JobResult file) {
        // Computed before the link is signed, and truncated to seconds like the signature, so it is never too late.
        Instant expiresAt = clock.instant().plus(settings.linkLifetime()).truncatedTo(ChronoUnit.SECONDS);
        return new FileLink(results.link(file, settings.linkLifetime()), expiresAt);
    }

    FileLink link(JobId job, Artifact artifact) {
        return link(results.locate(job, artifact));
    }

    JobResult locate(JobId job, Artifact artifact) {
        return results.locate(job, artifact);
    }

    ResponseEntity<Void> redirect(JobResult file) {
        return ResponseEntity.status(HttpStatus.FOUND)
                .location(link(file).url())
                .cacheControl(CacheControl.noStore())
                .build();
    }

    /** The headers of a file; empty when the file is no longer stored. */
    Optional<ResponseEntity<Void>> head(JobResult file) {
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
