package io.renderfleet.jobtype.render;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.PayloadFormat;
import io.renderfleet.jobtype.render.design.DesignId;
import io.renderfleet.pool.PoolName;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a render job: which design to render, and how. The values come from a validated request; the renderer
 * validates the camera again.
 *
 * @param designId the id of the design when the job was accepted
 * @param designDigest the SHA-256 of the design's bytes in lower-case hex. The job renders these bytes even if the id
 *     is assigned to another file later
 * @param camera the position and direction of view
 * @param output the size, quality and format of the picture
 * @param environment the environment light; the default if the stored payload has none
 */
public record RenderPayload(
        DesignId designId,
        String designDigest,
        Camera camera,
        Output output,
        // Not stored if it is the default, because the item of a finished job would come close to a second write unit.
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = DefaultEnvironment.class)
        Environment environment) {
    public static final JobTypeName TYPE = new JobTypeName("render");
    public static final PoolName POOL = new PoolName("render");

    /** The JSON form of the payload, shared by the API and the workers. */
    public static final PayloadFormat<RenderPayload> FORMAT = new PayloadFormat<>(RenderPayload.class, 1);

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    public RenderPayload {
        if (!DIGEST.matcher(designDigest).matches()) {
            throw new IllegalArgumentException("a design's digest is 64 lower-case hex digits");
        }
        environment = Objects.requireNonNullElse(environment, Environment.DEFAULT);
    }

    /** A point or a direction, in the design's units. */
    public record Vector(double x, double y, double z) {}

    /**
     * A pinhole camera.
     *
     * @param position the position of the camera
     * @param target the point in the middle of the picture
     * @param up the direction that is up in the picture; not parallel to the view
     * @param fov vertical field of view in degrees, 1 to 179
     */
    public record Camera(Vector position, Vector target, Vector up, double fov) {}

    /**
     * The picture to make.
     *
     * @param width pixels, 16 to 4096
     * @param height pixels, 16 to 4096
     * @param samplesPerPixel the largest number of samples for a pixel, 1 to 4096
     * @param format the file format
     */
    public record Output(int width, int height, int samplesPerPixel, Format format) {}

    /** The environment that lights a design. In requests the names are in lower case. */
    public enum Environment {
        /** A soft daylight sky, unless the design has punctual lights. */
        DEFAULT,
        /** No environment: only the design's own lights and emissive surfaces give light. */
        NONE;

        @JsonValue
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A filter for Jackson that equals the default environment, so that it is not serialized. */
    static final class DefaultEnvironment {
        @Override
        public boolean equals(@Nullable Object other) {
            return other == Environment.DEFAULT;
        }

        @Override
        public int hashCode() {
            return Environment.DEFAULT.hashCode();
        }
    }

    /** The file format of a picture. In requests the names are in lower case. */
    public enum Format {
        PNG("image/png"),
        JPEG("image/jpeg");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        @JsonValue
        public String extension() {
            return name().toLowerCase(Locale.ROOT);
        }

        public String contentType() {
            return contentType;
        }
    }
}
