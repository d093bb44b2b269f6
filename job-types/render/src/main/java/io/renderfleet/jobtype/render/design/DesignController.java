package io.renderfleet.jobtype.render.design;

import io.renderfleet.identity.Caller;
import io.renderfleet.identity.Library;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The HTTP endpoints to upload, read and list designs. */
@RestController
class DesignController {
    private static final int MAX_PAGE = 100;
    private static final String FORM = "must be 1 to 128 of A-Z a-z 0-9 . _ -";

    private final Uploads uploads;
    private final DesignStore store;

    DesignController(Uploads uploads, DesignStore store) {
        this.uploads = uploads;
        this.store = store;
    }

    @Operation(
            summary = "Upload a design",
            description =
                    "Stores a glTF 2.0 file, binary (.glb) or self-contained JSON (.gltf), of up to 64 MiB. The file is"
                            + " validated first. Jobs that were accepted before render the file that had this id then.",
            tags = "designs",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = "model/gltf-binary",
                                        schema = @Schema(type = "string", format = "binary")),
                                @Content(
                                        mediaType = "model/gltf+json",
                                        schema = @Schema(type = "string", format = "binary"))
                            }))
    @ApiResponse(responseCode = "201", description = "A new design was stored.")
    @ApiResponse(responseCode = "200", description = "The design replaced an earlier one with the same id.")
    @Refuses({"invalid-request", "upload-too-slow", "body-too-large", "unsupported-media-type", "invalid-design", "busy"
    })
    @PutMapping(
            path = "/designs/{designId}",
            consumes = {
                "model/gltf-binary",
                "model/gltf+json",
                MediaType.APPLICATION_OCTET_STREAM_VALUE,
                MediaType.APPLICATION_JSON_VALUE
            },
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DesignView> upload(
            @PathVariable String designId,
            @Parameter(description = Library.USER_PARAMETER) @RequestParam(required = false) @Nullable String userId,
            @Parameter(description = Library.SHARED_PARAMETER) @RequestParam(required = false) @Nullable String shared,
            HttpServletRequest request,
            Caller caller)
            throws IOException {
        DesignId id = name("designId", designId);
        Violations violations = new Violations();
        Library library = Library.written(caller, userId, shared, violations);
        violations.throwIfAny();
        Uploads.Stored stored = uploads.accept(
                Objects.requireNonNull(library), id, request.getInputStream(), request.getContentLengthLong());
        return ResponseEntity.status(stored.created() ? HttpStatus.CREATED : HttpStatus.OK)
                .location(URI.create("/designs/" + id))
                .body(DesignView.of(stored.design(), library.equals(Library.SHARED)));
    }

    @Operation(
            summary = "Get a design",
            description = "Returns the design of the user, and otherwise the shared one with this id.",
            tags = "designs")
    @ApiResponse(responseCode = "200", description = "The properties of the design.")
    @Refuses({"invalid-request", "design-not-found"})
    @GetMapping(path = "/designs/{designId}", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DesignView> design(
            @PathVariable String designId,
            @Parameter(description = Library.USER_PARAMETER) @RequestParam(required = false) @Nullable String userId,
            Caller caller) {
        DesignId id = name("designId", designId);
        Library library = library(caller, userId);
        return store.find(library, id)
                .map(design -> DesignView.of(design, library.equals(Library.SHARED)))
                .or(() -> store.find(Library.SHARED, id).map(design -> DesignView.of(design, true)))
                .map(design -> ResponseEntity.ok()
                        .cacheControl(CacheControl.noCache())
                        .eTag(design.digest())
                        .body(design))
                .orElseThrow(() -> ProblemException.of(
                        DesignProblems.NOT_FOUND,
                        "There is no design " + id + ". Upload it with PUT /designs/" + id + "."));
    }

    @Operation(summary = "List designs in the order of their ids", tags = "designs")
    @ApiResponse(responseCode = "200", description = "A page of designs.")
    @Refuses("invalid-request")
    @GetMapping(path = "/designs", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DesignView.Page> designs(
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
                    @RequestParam(defaultValue = "20")
                    String limit,
            @Parameter(description = "The value of next in the page before.") @RequestParam(required = false) @Nullable
                    String cursor,
            @Parameter(description = Library.USER_PARAMETER) @RequestParam(required = false) @Nullable String userId,
            @Parameter(
                            description = "true for the library that all users share. By default the user's own, or the"
                                    + " shared one if there is no user.")
                    @RequestParam(required = false)
                    @Nullable
                    String shared,
            Caller caller) {
        Library library = "true".equals(shared) ? Library.SHARED : library(caller, userId);
        DesignStore.Page page = store.list(library, cursor == null ? null : name("cursor", cursor), pageSize(limit));
        DesignId next = page.next();
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new DesignView.Page(
                        page.entries().stream()
                                .map(entry -> new DesignView.Entry(entry.id(), entry.storedAt()))
                                .toList(),
                        next == null ? null : next.value()));
    }

    private static Library library(Caller caller, @Nullable String userId) {
        Violations violations = new Violations();
        Library library = Library.read(caller, userId, violations);
        violations.throwIfAny();
        return library;
    }

    private static DesignId name(String field, String text) {
        try {
            return new DesignId(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid(List.of(new FieldError(field, FORM)));
        }
    }

    private static int pageSize(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_PAGE) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Reported below, as numbers out of range are.
        }
        throw ProblemException.invalid(List.of(new FieldError("limit", "must be from 1 to " + MAX_PAGE)));
    }
}
