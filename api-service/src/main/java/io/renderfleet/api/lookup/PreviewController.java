package io.renderfleet.api.lookup;

import io.renderfleet.identity.Caller;
import io.renderfleet.job.Job;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Serves the previews of running jobs. */
@RestController
class PreviewController {
    private final VisibleJobs jobs;
    private final StoredFiles files;

    PreviewController(VisibleJobs jobs, StoredFiles files) {
        this.jobs = jobs;
        this.files = files;
    }

    @Operation(
            operationId = "getJobPreview",
            summary = "Get the latest preview of a running job",
            description =
                    "A job that runs for long makes a picture of at most 320 pixels in width and height 2, 4, 8, 16"
                            + " and so on seconds after the start of the render. It is available when the job next reports its"
                            + " progress, and until the attempt ends.",
            tags = "jobs")
    @ApiResponse(
            responseCode = "302",
            description =
                    "Location has a link to the picture, a JPEG. Anyone who has the link can read the picture until"
                            + " it expires.",
            headers = @Header(name = HttpHeaders.LOCATION))
    @ApiResponse(responseCode = "204", description = "The job does not run, or has no preview yet.")
    @Refuses({"job-not-found", "job-unreadable", "file-unreachable"})
    @GetMapping("/jobs/{jobId}/preview")
    ResponseEntity<Void> preview(Caller caller, @PathVariable String jobId) {
        Job job = jobs.find(jobId, caller);
        return job.preview()
                .map(preview -> files.redirect(files.artifact(job, preview)))
                .orElseGet(() -> ResponseEntity.noContent()
                        .cacheControl(CacheControl.noStore())
                        .build());
    }
}
