package io.renderfleet.jobtype.render.design;

import io.renderfleet.identity.Caller;
import io.renderfleet.identity.Library;
import io.renderfleet.job.JobSearch;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
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
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The HTTP endpoints to upload, describe, list and delete designs. */
@RestController
class DesignController {
    private static final int MAX_PAGE = 100;

    /** The most open jobs that are counted for the text of a refusal. */
    private static final int MAX_COUNTED = 1000;

    private static final String EXAMPLE = """
            {
              "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
              "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
              "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
                             "min": [0, 0, 0], "max": [1, 1, 0]}],
              "bufferViews": [{"buffer": 0, "byteLength": 36}],
              "buffers": [{"byteLength": 36,
                           "uri": "data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA"}]
            }""";

    private final Uploads uploads;
    private final DesignLookup designs;
    private final DesignStore store;
    private final DesignDigests digests;
    private final JobSearch jobs;

    DesignController(Uploads uploads, DesignLookup designs, DesignStore store, DesignDigests digests, JobSearch jobs) {
        this.uploads = uploads;
        this.designs = designs;
        this.store = store;
        this.digests = digests;
        this.jobs = jobs;
    }

    @Operation(
            operationId = "uploadDesign",
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
                                        schema = @Schema(type = "object"),
                                        examples = @ExampleObject(name = "triangle", value = EXAMPLE))
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
        DesignId id = DesignLookup.id("designId", designId);
        Violations violations = new Violations();
        Library library = Library.written(caller, userId, shared, violations);
        violations.throwIfAny();
        Uploads.Stored stored = uploads.accept(
                Objects.requireNonNull(library), id, request.getInputStream(), request.getContentLengthLong());
        return ResponseEntity.status(stored.created() ? HttpStatus.CREATED : HttpStatus.OK)
                .location(URI.create("/designs/" + id))
                .body(DesignView.of(stored.design(), library.equals(Library.SHARED), userId));
    }

    @Operation(
            operationId = "getDesign",
            summary = "Get a design",
            description = "Returns the design of the user, and otherwise the shared one with this id.",
            tags = "designs")
    @ApiResponse(responseCode = "200", description = "The properties of the design.")
    @Refuses({"invalid-request", "design-not-found"})
    @GetMapping(path = "/designs/{designId}", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DesignView> design(
            @PathVariable String designId,
            @Parameter(description = Library.USER_PARAMETER) @RequestParam(required = false) @Nullable String userId,
            @Parameter(description = DesignLookup.READ_SHARED) @RequestParam(required = false) @Nullable String shared,
            Caller caller) {
        DesignLookup.Found found = designs.find(designId, userId, shared, caller);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noCache())
                .eTag(found.design().digest())
                .body(DesignView.of(found.design(), found.shared(), userId));
    }

    @Operation(
            operationId = "deleteDesign",
            summary = "Delete a design",
            description =
                    "Removes the id from the library of the user, or from the shared one. Jobs that were accepted before are"
                            + " not affected, because they name the file by its digest, and the file stays. Other instances of"
                            + " the service may accept jobs for the id for some seconds longer.",
            tags = "designs")
    @ApiResponse(responseCode = "204", description = "The design was deleted.", content = @Content)
    @Refuses({"invalid-request", "operators-only", "design-not-found", "design-in-use"})
    @DeleteMapping("/designs/{designId}")
    ResponseEntity<Void> delete(
            @PathVariable String designId,
            @Parameter(description = Library.USER_PARAMETER) @RequestParam(required = false) @Nullable String userId,
            @Parameter(description = Library.SHARED_PARAMETER) @RequestParam(required = false) @Nullable String shared,
            @Parameter(description = "true to delete the design although open jobs need it.")
                    @RequestParam(required = false)
                    @Nullable
                    String force,
            Caller caller) {
        DesignId id = DesignLookup.id("designId", designId);
        Violations violations = new Violations();
        boolean forced = DesignLookup.flag("force", force, violations);
        Library library = Library.written(caller, userId, shared, violations);
        violations.throwIfAny();
        Library written = Objects.requireNonNull(library);
        if (store.find(written, id).isEmpty()) {
            throw DesignLookup.notFound(id);
        }
        if (!forced) {
            requireUnused(id, written.equals(Library.SHARED) ? null : caller.actingFor(userId, violations));
        }
        store.delete(written, id);
        digests.deleted(written, id);
        return ResponseEntity.noContent().build();
    }

    /** Refuses to delete a design that open jobs need: those of its owner, or of all users if it is shared. */
    private void requireUnused(DesignId id, @Nullable UserId owner) {
        long open = jobs.countOpenAbout(owner, id.value(), MAX_COUNTED);
        if (open > 0) {
            throw ProblemException.of(
                    DesignProblems.IN_USE,
                    (open == MAX_COUNTED ? "At least " : "") + open
                            + (open == 1 ? " open job needs" : " open jobs need")
                            + " this design. Wait until they are over, or repeat the request with force=true: they will"
                            + " still render the file that they were accepted with.");
        }
    }

    @Operation(
            operationId = "listDesigns",
            summary = "List designs in the order of their ids",
            description =
                    "With q, a page can have fewer designs than limit, or none, although there are more: repeat the"
                            + " request with the value of next until there is none.",
            tags = "designs")
    @ApiResponse(responseCode = "200", description = "A page of designs.")
    @Refuses("invalid-request")
    @GetMapping(path = "/designs", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DesignView.Page> designs(
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
                    @RequestParam(defaultValue = "20")
                    String limit,
            @Parameter(description = "A part of the ids of the designs, in upper or lower case.")
                    @RequestParam(required = false)
                    @Nullable
                    String q,
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
        Library library = DesignLookup.readable(caller, userId, shared);
        DesignId after = cursor == null ? null : DesignLookup.id("cursor", cursor);
        int size = pageSize(limit);
        DesignStore.Page page = q == null
                ? store.list(library, after, size)
                : store.search(library, DesignLookup.id("q", q).value(), after, size);
        DesignId next = page.next();
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new DesignView.Page(
                        page.entries().stream()
                                .map(entry -> new DesignView.Entry(entry.id(), entry.storedAt()))
                                .toList(),
                        next == null ? null : next.value()));
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
