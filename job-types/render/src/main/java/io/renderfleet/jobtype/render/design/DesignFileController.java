package io.renderfleet.jobtype.render.design;

import io.renderfleet.identity.Caller;
import io.renderfleet.identity.Library;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/**
 * Serves the files of designs and their thumbnails. They come from the API itself, and not from a link to S3, so that a web
 * page can fetch them with its token. Both are fixed by the digest of the file, which is the ETag.
 */
@RestController
class DesignFileController {
    private static final String CACHED =
            "The digest of the file. A request with it in If-None-Match is answered with 304 while the design is the same.";

    private final DesignLookup designs;
    private final DesignStore store;
    private final Downloads downloads;

    DesignFileController(DesignLookup designs, DesignStore store, Downloads downloads) {
        this.designs = designs;
        this.store = store;
        this.downloads = downloads;
    }

    @Operation(
            operationId = "downloadDesign",
            summary = "Download a design",
            description = "Returns the uploaded file.",
            tags = "designs")
    @ApiResponse(
            responseCode = "200",
            description = "The file.",
            headers = @Header(name = HttpHeaders.ETAG, description = CACHED),
            content = {
                @Content(mediaType = "model/gltf-binary", schema = @Schema(type = "string", format = "binary")),
                @Content(mediaType = "model/gltf+json", schema = @Schema(type = "string", format = "binary"))
            })
    @ApiResponse(responseCode = "304", description = "The design is that of If-None-Match.", content = @Content)
    @Refuses({"invalid-request", "design-not-found", "busy"})
    @GetMapping("/designs/{designId}/content")
    void content(
            @PathVariable String designId,
            @Parameter(description = Library.USER_PARAMETER) @RequestParam(required = false) @Nullable String userId,
            @Parameter(description = DesignLookup.READ_SHARED) @RequestParam(required = false) @Nullable String shared,
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Design design = designs.find(designId, userId, shared, caller).design();
        if (isKnown(design.digest(), request, response)) {
            return;
        }
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                "attachment; filename=\"" + design.id() + FileKind.extension(design.contentType()) + "\"");
        if (request.getMethod().equals("HEAD")) {
            response.setContentType(design.contentType());
            response.setContentLengthLong(design.bytes());
            return;
        }
        downloads.send(design, caller, request, response);
    }

    @Operation(
            operationId = "getDesignThumbnail",
            summary = "Get the thumbnail of a design",
            description =
                    "Returns a picture of at most 320 by 240 pixels, which was drawn when the design was uploaded.",
            tags = "designs")
    @ApiResponse(
            responseCode = "200",
            description = "The picture.",
            headers = @Header(name = HttpHeaders.ETAG, description = CACHED),
            content = @Content(mediaType = "image/jpeg", schema = @Schema(type = "string", format = "binary")))
    @ApiResponse(responseCode = "304", description = "The design is that of If-None-Match.", content = @Content)
    @Refuses({"invalid-request", "design-not-found", "thumbnail-not-found"})
    @GetMapping("/designs/{designId}/thumbnail")
    void thumbnail(
            @PathVariable String designId,
            @Parameter(description = Library.USER_PARAMETER) @RequestParam(required = false) @Nullable String userId,
            @Parameter(description = DesignLookup.READ_SHARED) @RequestParam(required = false) @Nullable String shared,
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Design design = designs.find(designId, userId, shared, caller).design();
        if (design.thumbnail() && isKnown(design.digest() + "-thumbnail", request, response)) {
            return;
        }
        byte[] picture = store.thumbnail(design)
                .orElseThrow(() -> ProblemException.of(
                        DesignProblems.NO_THUMBNAIL,
                        "Design " + design.id() + " has no thumbnail, because it could not be drawn in time when it was"
                                + " uploaded. Upload it again to have it drawn again, or render it with POST /jobs."));
        response.setContentType("image/jpeg");
        response.setContentLength(picture.length);
        response.getOutputStream().write(picture);
    }

    /** Sets the headers for caches; true if the client has the file, and the answer is complete. */
    private static boolean isKnown(String eTag, HttpServletRequest request, HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
        return new ServletWebRequest(request, response).checkNotModified("\"" + eTag + "\"");
    }
}
