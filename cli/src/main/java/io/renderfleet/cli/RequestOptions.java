package io.renderfleet.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * The options that make the JSON of a job. The values are not checked here but by the service, which knows the rules. A
 * later source wins: the file of {@code --request}, then {@code --param}, then the other options.
 */
final class RequestOptions {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long MAX_REQUEST = 1024 * 1024;
    private static final String STANDARD_INPUT = "-";

    @Option(
            names = "--request",
            paramLabel = "FILE",
            description = "A file with the JSON of a job of any type, or - for standard input.")
    private @Nullable String file;

    @Option(
            names = {"-p", "--param"},
            paramLabel = "NAME=VALUE",
            description = "Any field of a job: model=small, or output.width=320. A value that is JSON is used as JSON.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "The job type. Default: that of the service, which usually is render.")
    private @Nullable String type;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What you call the job; downloads are named after it. 1 to 128 characters.")
    private @Nullable String name;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "A label, by which ls --label finds the job. Can be repeated, up to 20 times.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--camera",
            paramLabel = "X,Y,Z",
            converter = Vector.class,
            description = "The position of the camera. Points to --target, which is 0,0,0 by default.")
    private @Nullable ObjectNode camera;

    @Option(names = "--target", paramLabel = "X,Y,Z", converter = Vector.class, description = "What it looks at.")
    private @Nullable ObjectNode target;

    @Option(names = "--up", paramLabel = "X,Y,Z", converter = Vector.class, description = "What is up. Default: 0,1,0.")
    private @Nullable ObjectNode up;

    @Option(names = "--fov", paramLabel = "DEGREES", description = "The vertical field of view. Default: 45.")
    private @Nullable BigDecimal fov;

    @Option(names = "--width", paramLabel = "PIXELS", description = "16 to 4096. Default: 640.")
    private @Nullable Integer width;

    @Option(names = "--height", paramLabel = "PIXELS", description = "16 to 4096. Default: 360.")
    private @Nullable Integer height;

    @Option(names = "--samples", paramLabel = "N", description = "Samples per pixel, 1 to 4096. Default: 64.")
    private @Nullable Integer samples;

    @Option(names = "--format", paramLabel = "FORMAT", description = "png or jpeg. Default: png.")
    private @Nullable String format;

    @Option(names = "--environment", paramLabel = "NAME", description = "The environment light: default or none.")
    private @Nullable String environment;

    @Option(names = "--priority", paramLabel = "PRIORITY", description = "HIGH, NORMAL or LOW. Default: NORMAL.")
    private @Nullable String priority;

    @Option(
            names = "--ordering-key",
            paramLabel = "KEY",
            description = "Jobs of one user with the same key run one after another.")
    private @Nullable String orderingKey;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            split = ",",
            description = "A region in which the job may run. Can be repeated. Default: all.")
    private List<String> regions = List.of();

    @Option(
            names = "--start-within",
            paramLabel = "DURATION",
            description = "A job that has not started within it fails: PT10M is ten minutes.")
    private @Nullable String startWithin;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "The limit for one attempt. Default: PT30M.")
    private @Nullable String timeout;

    @Option(names = "--max-attempts", paramLabel = "N", description = "1 to 10. Default: 5.")
    private @Nullable Integer maxAttempts;

    @Option(
            names = "--job-id",
            paramLabel = "UUID",
            description = "An id for the job, so that the same command again does not submit another job.")
    private @Nullable String jobId;

    /** Reads three numbers that are separated by commas. */
    static final class Vector implements ITypeConverter<ObjectNode> {
        @Override
        public ObjectNode convert(String text) {
            String[] parts = text.split(",", -1);
            if (parts.length != 3) {
                throw new TypeConversionException("'" + text + "' is not three numbers, such as 5,3,5.");
            }
            try {
                return JSON.createObjectNode()
                        .put("x", new BigDecimal(parts[0].strip()))
                        .put("y", new BigDecimal(parts[1].strip()))
                        .put("z", new BigDecimal(parts[2].strip()));
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not three numbers, such as 5,3,5.");
            }
        }
    }

    /**
     * The JSON of the job.
     *
     * @param designId the design of {@code FILE} or {@code --design}; null without one
     * @throws IllegalArgumentException when the file is not a JSON object, or a parameter contradicts another one
     * @throws UncheckedIOException when the file cannot be read
     */
    ObjectNode request(@Nullable String designId) {
        ObjectNode request = file == null ? JSON.createObjectNode() : read(file);
        parameters.forEach((name, value) -> set(request, name, value(value)));
        put(request, "type", type);
        put(request, "jobId", jobId);
        put(request, "name", name);
        put(request, "labels", labels.isEmpty() ? null : labels);
        put(request, "designId", designId);
        if (camera != null) {
            request.putObject("camera")
                    .<ObjectNode>set("position", camera)
                    .set(
                            "target",
                            JSON.createObjectNode().put("x", 0).put("y", 0).put("z", 0));
        }
        put(request, "camera.target", target);
        put(request, "camera.up", up);
        put(request, "camera.fov", fov);
        put(request, "output.width", width);
        put(request, "output.height", height);
        put(request, "output.samplesPerPixel", samples);
        put(request, "output.format", format);
        put(request, "environment", environment);
        put(request, "priority", priority);
        put(request, "orderingKey", orderingKey);
        put(request, "regions", regions.isEmpty() ? null : regions);
        put(request, "startWithin", startWithin);
        put(request, "timeout", timeout);
        put(request, "maxAttempts", maxAttempts);
        return request;
    }

    private static void put(ObjectNode request, String name, @Nullable Object value) {
        if (value != null) {
            set(
                    request,
                    name,
                    value instanceof BigDecimal number ? DecimalNode.valueOf(number) : JSON.valueToTree(value));
        }
    }

    /** Sets a field; a name with dots leads into objects. */
    private static void set(ObjectNode request, String name, JsonNode value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            request.set(name, value);
            return;
        }
        String parent = name.substring(0, dot);
        if (!request.has(parent)) {
            request.putObject(parent);
        }
        if (!(request.get(parent) instanceof ObjectNode object)) {
            throw new IllegalArgumentException(
                    "The field " + parent + " is not an object, so it has no field " + name.substring(dot + 1) + ".");
        }
        set(object, name.substring(dot + 1), value);
    }

    private static JsonNode value(String text) {
        try {
            return tree(text);
        } catch (JsonProcessingException e) {
            // Text need not be in quotation marks.
            return TextNode.valueOf(text);
        }
    }

    private static JsonNode tree(String text) throws JsonProcessingException {
        JsonNode tree = JSON.reader()
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readTree(text);
        return tree.isMissingNode() ? TextNode.valueOf(text) : tree;
    }

    private static ObjectNode read(String file) {
        try {
            String text = file.equals(STANDARD_INPUT)
                    ? new String(System.in.readNBytes((int) MAX_REQUEST + 1), StandardCharsets.UTF_8)
                    : Files.size(Path.of(file)) > MAX_REQUEST ? tooLong(file) : Files.readString(Path.of(file));
            if (text.length() > MAX_REQUEST) {
                tooLong(file);
            }
            if (tree(text) instanceof ObjectNode object) {
                return object;
            }
            throw new IllegalArgumentException("The request " + file + " is not a JSON object.");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The request " + file + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the request " + file, e);
        }
    }

    private static String tooLong(String file) {
        throw new IllegalArgumentException("The request " + file + " is longer than 1 MiB.");
    }
}
