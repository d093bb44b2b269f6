package io.renderfleet.jobtype.inference.input;

import io.renderfleet.identity.Caller;
import io.renderfleet.identity.Library;
import io.renderfleet.jobtype.inference.image.ImageType;
import io.renderfleet.jobtype.inference.image.ImageUrl;
import io.renderfleet.jobtype.inference.image.InputName;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.renderfleet.upload.UploadCapacity;
import io.renderfleet.upload.UploadedFile;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.extensions.Extension;
import io.swagger.v3.oas.annotations.extensions.ExtensionProperty;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Receives images for inference jobs. The number of uploads at the same time, and their disk space, are limited. */
@RestController
class InputController {
    private static final String EXAMPLE =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

    private final InputStore store;
    private final UploadCapacity capacity;

    InputController(InputStore store, UploadCapacity capacity) {
        this.store = store;
        this.capacity = capacity;
    }

    /** An uploaded image. */
    @Schema(name = "Input")
    record InputView(
            @Schema(example = "camera-17-g-1.jpg") String name,

            @Schema(
                    description = "How messages and events refer to the image.",
                    example = "s3:inputs/camera-17-g-1.jpg")
            String url,

            @Schema(description = "SHA-256 of the image.") String digest,
            long bytes,
            @Schema(example = "image/jpeg") String contentType,
            Instant storedAt,

            @Schema(description = "When the image is deleted, unless it is uploaded again.")
            Instant keptUntil) {}

    @Operation(
            operationId = "uploadInput",
            summary = "Upload an image for inference jobs",
            description =
                    "Stores a PNG, JPEG, WebP or GIF image of up to 20 MB (unless configured otherwise) for 7 days."
                            + " Messages and events refer to it as s3:inputs/{name}. Jobs that were accepted before use the"
                            + " image that had this name then.",
            tags = "inference",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = MediaType.IMAGE_JPEG_VALUE,
                                        schema = @Schema(type = "string", format = "binary")),
                                @Content(
                                        mediaType = MediaType.IMAGE_PNG_VALUE,
                                        schema = @Schema(type = "string", format = "binary"),
                                        examples =
                                                @ExampleObject(
                                                        name = "pixel",
                                                        summary = "A picture of one pixel, here in Base64.",
                                                        extensions =
                                                                @Extension(
                                                                        properties =
                                                                                @ExtensionProperty(
                                                                                        name = "x-base64",
                                                                                        value = EXAMPLE))))
                            }))
    @ApiResponse(responseCode = "201", description = "A new image was stored.")
    @ApiResponse(responseCode = "200", description = "The image replaced an earlier one with the same name.")
    @Refuses({"invalid-request", "upload-too-slow", "body-too-large", "unsupported-media-type", "not-an-image", "busy"})
    @PutMapping(
            path = "/inputs/{name}",
            consumes = {
                MediaType.IMAGE_PNG_VALUE,
                MediaType.IMAGE_JPEG_VALUE,
                MediaType.IMAGE_GIF_VALUE,
                "image/webp",
                MediaType.APPLICATION_OCTET_STREAM_VALUE
            },
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<InputView> upload(
            @Parameter(example = "camera-17-g-1.jpg") @PathVariable String name,
            @Parameter(description = Library.USER_PARAMETER) @RequestParam(required = false) @Nullable String userId,
            @Parameter(description = Library.SHARED_PARAMETER) @RequestParam(required = false) @Nullable String shared,
            HttpServletRequest request,
            Caller caller)
            throws IOException {
        InputName id = name(name);
        Violations violations = new Violations();
        Library given = Library.written(caller, userId, shared, violations);
        violations.throwIfAny();
        Library library = Objects.requireNonNull(given);
        try (UploadedFile file = capacity.receive(request.getInputStream(), request.getContentLengthLong())) {
            ImageType type = type(file);
            boolean created = store.find(library, id).isEmpty();
            InputStore.Input input = store.store(library, id, file.path(), type);
            return ResponseEntity.status(created ? HttpStatus.CREATED : HttpStatus.OK)
                    .body(new InputView(
                            id.value(),
                            ImageUrl.INPUTS + id,
                            input.digest(),
                            input.bytes(),
                            input.contentType(),
                            input.storedAt(),
                            input.storedAt().plus(InputStore.KEPT)));
        }
    }

    private static InputName name(String text) {
        try {
            return new InputName(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid(List.of(new FieldError("name", InputName.FORM)));
        }
    }

    private static ImageType type(UploadedFile file) throws IOException {
        try (var in = Files.newInputStream(file.path())) {
            return ImageType.of(in.readNBytes(ImageType.HEAD))
                    .orElseThrow(() -> ProblemException.of(
                            InputProblems.NOT_AN_IMAGE,
                            "The body is not a PNG, JPEG, WebP or GIF image. Send the bytes of the image as they are,"
                                    + " without base64."));
        }
    }
}
