package io.renderfleet.render.gltf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.javagl.jgltf.impl.v2.GlTF;
import io.renderfleet.render.InvalidSceneException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a glTF file in two steps: first as a stream of tokens, which checks the version and the sizes
 * without allocating memory for them, and then into the classes of jgltf.
 */
final class GltfJson {

    /** Extensions that a file may require. */
    private static final Set<String> SUPPORTED = Set.of(
            "KHR_lights_punctual",
            "KHR_materials_unlit",
            "KHR_materials_emissive_strength",
            "KHR_texture_transform",
            "KHR_mesh_quantization");

    /** Limits the number of objects that the JSON creates. The largest real scenes have fewer tokens. */
    private static final long MAX_TOKENS = 5_000_000;

    private static final int MAX_NESTING = 64;

    /** The memory of the objects of a token, of which a small object with one field needs the most. */
    private static final long TOKEN_BYTES = 64;

    /** A long string is in memory several times while Jackson reads it, some of them with two bytes a character. */
    private static final long STRING_COPIES = 4;

    /** The JSON of a glTF file is UTF-8; otherwise Jackson would guess UTF-16 and UTF-32 too. */
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxTokenCount(MAX_TOKENS)
                            // A buffer in the JSON is one string; the size of the file is limited before.
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private GltfJson() {}

    static GlTF read(ByteBuffer json, Budget budget) {
        // The container's array is read in place.
        byte[] text = json.array();
        int from = json.arrayOffset() + json.position();
        int length = json.remaining();
        try {
            budget.requireMemory(STRING_COPIES * length);
            scan(MAPPER.createParser(text, from, length), budget);
            budget.checkTime();
            GlTF gltf = MAPPER.readValue(text, from, length, GlTF.class);
            requireSupported(gltf.getExtensionsRequired());
            return gltf;
        } catch (StreamConstraintsException e) {
            throw new InvalidSceneException(
                    "json-too-large", "The glTF's JSON is nested too deeply or has too many values.", e);
        } catch (JsonMappingException e) {
            throw new InvalidSceneException(
                    "malformed-json", "The glTF's JSON does not follow the schema at " + path(e) + ".", e);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new InvalidSceneException(
                    "malformed-json", "The glTF's JSON cannot be parsed: " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    /** Checks that the text is valid JSON, the version, and the number of nodes. */
    private static void scan(JsonParser json, Budget budget) throws IOException {
        String version = null;
        String minVersion = null;
        try (JsonParser parser = json) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidSceneException("not-gltf", "The file is not glTF: its JSON is not an object.");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                budget.checkTime();
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("asset") && value == JsonToken.START_OBJECT) {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        String field = parser.currentName();
                        parser.nextToken();
                        if (field.equals("version")) {
                            version = parser.getValueAsString();
                        } else if (field.equals("minVersion")) {
                            minVersion = parser.getValueAsString();
                        }
                        parser.skipChildren();
                    }
                } else if (name.equals("nodes") && value == JsonToken.START_ARRAY) {
                    countNodes(parser, budget);
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw new InvalidSceneException("malformed-json", "The glTF's JSON is incomplete.");
            }
            budget.takeMemory(TOKEN_BYTES * parser.currentTokenCount());
        }
        requireVersion(version);
        if (minVersion != null) {
            requireVersion(minVersion.equals("2.0") ? "2.0" : "minimum " + minVersion);
        }
    }

    private static void countNodes(JsonParser parser, Budget budget) throws IOException {
        int most = budget.limits().maxNodes();
        int nodes = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == null) {
                return;
            }
            budget.poll();
            if (++nodes > most) {
                throw new InvalidSceneException("too-many-nodes", "The design has more than " + most + " nodes.");
            }
            parser.skipChildren();
        }
    }

    private static void requireVersion(@Nullable String version) {
        if (version == null || !version.startsWith("2.")) {
            throw new InvalidSceneException(
                    "unsupported-version",
                    version == null
                            ? "The glTF has no version (asset.version); export the design as glTF 2.0."
                            : "The glTF is of version " + shown(version) + "; export the design as glTF 2.0.");
        }
    }

    private static void requireSupported(@Nullable List<String> required) {
        if (required == null) {
            return;
        }
        for (String extension : required) {
            if (!SUPPORTED.contains(String.valueOf(extension))) {
                throw new InvalidSceneException(
                        "required-extension",
                        "The glTF requires the extension " + shown(String.valueOf(extension))
                                + ", which is not supported; export the design without it.");
            }
        }
    }

    private static String path(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "its top" : shown(path);
    }

    /** A name from the file, shortened and limited to printable ASCII, for a message. */
    static String shown(String name) {
        String plain = name.replaceAll("[^\\x20-\\x7E]", "?");
        return plain.length() <= 80 ? plain : plain.substring(0, 80) + "...";
    }
}
