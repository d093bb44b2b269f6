package io.renderfleet.jobtype.render.request;

import io.renderfleet.jobtype.Required;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a render job in a request, in addition to those of every job. The annotations validate single fields;
 * {@link RenderJobType} validates fields that depend on each other.
 */
@Schema(name = "RenderRequest", description = "A picture of a design.")
record RenderRequest(
        @Schema(example = "test-design-1", requiredMode = RequiredMode.REQUIRED)
        @Required
        @Pattern(regexp = "[A-Za-z0-9._-]{1,128}", message = "must be 1 to 128 of A-Z a-z 0-9 . _ -")
        @Nullable
        String designId,

        @Schema(requiredMode = RequiredMode.REQUIRED) @Required @Valid @Nullable
        CameraRequest camera,

        @Valid @Nullable OutputRequest output,

        @Schema(
                allowableValues = {"default", "none"},
                defaultValue = "default",
                description = "The environment light. default: a soft daylight sky, unless the design has punctual "
                        + "lights. none: only the design's own lights and emissive surfaces give light.")
        @Pattern(regexp = "default|none", message = "must be default or none")
        @Nullable
        String environment) {

    private static final String SIZE = "must be from 16 to 4096";
    private static final String SAMPLES = "must be from 1 to 4096";
    private static final String ANGLE = "must be from 1 to 179";

    /** A pinhole camera. */
    @Schema(name = "Camera")
    record CameraRequest(
            @Schema(requiredMode = RequiredMode.REQUIRED) @Required @Valid @Nullable
            VectorRequest position,

            @Schema(
                    description = "The point in the middle of the picture. Must differ from the position.",
                    requiredMode = RequiredMode.REQUIRED)
            @Required
            @Valid
            @Nullable
            VectorRequest target,

            @Schema(
                    description = "The direction that is up in the picture. Must not be parallel to the view. Default:"
                            + " 0,1,0.")
            @Valid
            @Nullable
            VectorRequest up,

            @Schema(description = "Vertical field of view in degrees.", defaultValue = "45")
            @Min(value = 1, message = ANGLE)
            @Max(value = 179, message = ANGLE)
            @Nullable
            Double fov) {}

    /** A point or a direction. */
    @Schema(name = "Vector")
    record VectorRequest(
            @Schema(example = "0", requiredMode = RequiredMode.REQUIRED) @Required @Nullable
            Double x,

            @Schema(example = "1", requiredMode = RequiredMode.REQUIRED) @Required @Nullable
            Double y,

            @Schema(example = "4", requiredMode = RequiredMode.REQUIRED) @Required @Nullable
            Double z) {}

    /** The picture to make. */
    @Schema(name = "Output")
    record OutputRequest(
            @Schema(defaultValue = "640") @Min(value = 16, message = SIZE) @Max(value = 4096, message = SIZE) @Nullable
            Integer width,

            @Schema(defaultValue = "360") @Min(value = 16, message = SIZE) @Max(value = 4096, message = SIZE) @Nullable
            Integer height,

            @Schema(defaultValue = "64")
            @Min(value = 1, message = SAMPLES)
            @Max(value = 4096, message = SAMPLES)
            @Nullable
            Integer samplesPerPixel,

            @Schema(
                    allowableValues = {"png", "jpeg"},
                    defaultValue = "png")
            @Pattern(regexp = "png|jpeg", message = "must be png or jpeg")
            @Nullable
            String format) {}
}
