package io.renderfleet.api.lookup;

import io.renderfleet.blob.StoredFile;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.Job;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Serves the artifacts of jobs: redirects to a signed link, or returns their headers. */
@RestController
class ArtifactController {
    private static final String PATH = "/jobs/{jobId}/artifacts/{name}";

    private final VisibleJobs jobs;
    private final StoredFiles files;

    ArtifactController(VisibleJobs jobs, StoredFiles files) {
        this.jobs = jobs;
        this.files = files;
    }

    @Operation(
            operationId = "getJobArtifact",
            summary = "Fetch an artifact of a job",
            description =
                    "The artifacts of an attempt are available within a minute, and at the latest when it ends, even if"
                            + " it failed. If several attempts wrote the same name, the latest one is returned.",
            tags = "jobs")
    @ApiResponse(
            responseCode = "302",
            description = "Location has a link to the artifact. Anyone who has the link can read the artifact until it"
                    + " expires.",
            headers = @Header(name = HttpHeaders.LOCATION))
    @Refuses({"job-not-found", "artifact-not-found", "job-unreadable", "file-unreachable"})
    @GetMapping(PATH)
    ResponseEntity<Void> artifact(
            @PathVariable String jobId, @Parameter(example = "log.txt") @PathVariable String name, Caller caller) {
        return files.redirect(find(jobs.find(jobId, caller), name));
    }

    @Operation(
            operationId = "getJobArtifactHeaders",
            summary = "Get the headers of an artifact of a job",
            description =
                    "Returns the headers directly instead of a redirect, because a link to the artifact is signed for"
                            + " GET only.",
            tags = "jobs")
    @ApiResponse(
            responseCode = "200",
            description = "The artifact exists; the headers describe it. There is no body.",
            headers = {
                @Header(name = HttpHeaders.CONTENT_TYPE),
                @Header(name = HttpHeaders.CONTENT_LENGTH),
                @Header(name = HttpHeaders.ETAG),
                @Header(name = HttpHeaders.LAST_MODIFIED)
            })
    @Refuses({"job-not-found", "artifact-not-found", "artifact-gone", "job-unreadable", "file-unreachable"})
    @RequestMapping(path = PATH, method = RequestMethod.HEAD)
    ResponseEntity<Void> artifactHead(
            @PathVariable String jobId, @Parameter(example = "log.txt") @PathVariable String name, Caller caller) {
        return files.head(find(jobs.find(jobId, caller), name))
                .orElseThrow(() -> ProblemException.of(
                        ProblemType.ARTIFACT_GONE,
                        "This artifact is no longer stored. To make it again, submit a new job."));
    }

    private StoredFile find(Job job, String name) {
        return job.lastingArtifacts().stream()
                .filter(artifact -> artifact.name().value().equals(name))
                .findFirst()
                .map(artifact -> files.artifact(job, artifact))
                .orElseThrow(() -> unknown(job));
    }

    private static ProblemException unknown(Job job) {
        String names = job.lastingArtifacts().stream()
                .map(Artifact::name)
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        String later = job.status().isTerminal()
                ? ""
                : " Artifacts of the running attempt appear within a minute; repeat the request later.";
        return ProblemException.of(
                ProblemType.ARTIFACT_NOT_FOUND,
                (names.isEmpty() ? "The job has no artifacts." : "The artifacts of the job are " + names + ".")
                        + later);
    }
}
