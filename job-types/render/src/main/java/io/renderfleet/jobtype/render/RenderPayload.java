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
 * A picture of a design. The values are those of a validated request; the renderer checks the camera again.
 *
 * @param designId the design's name when the job was accepted
 * @param designDigest the SHA-256 of that design's bytes in lower-case hex: what the job renders even when the name
 *     is given to other bytes later
 * @param camera where from
 * @param output how large, how clean, in which format
 * @param environment what lights the design from all around; the default one when stored without it
 */
public record RenderPayload(
        DesignId designId,
        String designDigest,
        Camera camera,
        Output output,
        // Not stored when it is the default: it would bring a finished item to within a few bytes of a second write
        // unit.
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = DefaultEnvironment.class)
        Environment environment) {
    public static final JobTypeName TYPE = new JobTypeName("render");
    public static final PoolName POOL = new PoolName("render");

    /** Its JSON, which every API and worker of a deployment agrees on. */
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
     * @param fov vertical field of view in degrees, 1 to 179
     */
    public record Camera(Vector position, Vector target, Vector up, double fov) {}

    /**
     * The picture to make.
     *
     * @param width pixels, 16 to 4096
     * @param height pixels, 16 to 4096
     * @param samplesPerPixel 1 to 4096, the most a pixel is given
     */
    public record Output(int width, int height, int samplesPerPixel, Format format) {}

    /** What lights a design from all around; clients write it in lower case. */
    public enum Environment {
        /** A soft daylight sky, unless the design has punctual lights. */
        DEFAULT,
        /** Nothing: only the design's own lights and emissive surfaces give light. */
        NONE;

        @JsonValue
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Equal to the default environment only, which Jackson therefore leaves out. */
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

    /** A picture's file format; clients write it in lower case. */
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
