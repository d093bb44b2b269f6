package io.renderfleet.jobtype.inference.batch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.input.MessageRules;
import io.renderfleet.jobtype.inference.model.AnswerSchema;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.problem.Violations;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Validates lines of a batch: those of OpenAI's batches (https://platform.openai.com/docs/api-reference/batch/request-input)
 * for chat completions, as far as a task can have what they ask for, and with the names of {@code POST /jobs} too. Makes no
 * calls.
 *
 * <p>Not thread-safe; one for each batch.
 */
final class LineRules {
    /** How the ids of tasks begin; the number of the line follows. */
    static final String TASK = "line-";

    private static final int MAX_ID = 256;
    private static final int MAX_DEPTH = 24;
    private static final int MAX_SCHEMAS = 64;

    /** The most reasons that are given for one line. */
    private static final int MAX_REASONS = 3;

    private static final Set<String> FIELDS = fields("custom_id", "method", "url", "body");
    private static final String METHOD = "POST";
    private static final String URL = "/v1/chat/completions";
    private static final Set<String> BODY = fields(
            "model",
            "messages",
            "max_completion_tokens",
            "max_tokens",
            "maxTokens",
            "temperature",
            "response_format",
            "responseSchema");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final InferenceSettings settings;
    private final MessageRules messages;

    /** Checking a schema takes a millisecond, and usually all lines have the same. */
    private final Set<JsonNode> validSchemas = new HashSet<>();

    LineRules(InferenceSettings settings, MessageRules messages) {
        this.settings = settings;
        this.messages = messages;
    }

    /**
     * A valid line.
     *
     * @param customId 1 to 256 characters, chosen by the client
     * @param task with images as the client refers to them
     */
    record Request(String customId, String model, Task task) {}

    /** The outcome of {@link #read}: either a request or what is wrong with the line. */
    record Reading(@Nullable Request request, @Nullable String fault) {}

    /** Reads a line of a batch. */
    Reading read(LineReader.Line line) {
        if (line.text() == null) {
            return new Reading(null, line.fault());
        }
        JsonNode json;
        try {
            json = JSON.readTree(line.text());
        } catch (JsonProcessingException e) {
            JsonLocation place = e.getLocation();
            return new Reading(
                    null,
                    "is not valid JSON, has a field twice, or is nested more than " + MAX_DEPTH + " levels deep"
                            + (place == null ? "" : ", at column " + place.getColumnNr()));
        } catch (NumberFormatException e) {
            // Jackson does not translate it.
            return new Reading(null, "has a number with too many digits in its exponent");
        }
        if (!json.isObject()) {
            return new Reading(null, "must be a JSON object with custom_id and body");
        }
        Violations violations = new Violations();
        Request request = request(line.number(), json, violations);
        return violations.isEmpty()
                ? new Reading(request, null)
                : new Reading(
                        null,
                        violations.errors().stream()
                                .limit(MAX_REASONS)
                                .map(error -> error.field() + " " + error.message())
                                .collect(Collectors.joining("; ")));
    }

    private Request request(int number, JsonNode line, Violations violations) {
        checkFields("", line, FIELDS, violations);
        String customId = line.path("custom_id").asText();
        if (!line.path("custom_id").isTextual() || !isId(customId)) {
            violations.add("custom_id", "is required: a string of 1 to " + MAX_ID + " printable characters");
        }
        if (line.has("method") && !line.path("method").asText().equals(METHOD)) {
            violations.add("method", "must be " + METHOD + ", or left out");
        }
        if (line.has("url") && !line.path("url").asText().equals(URL)) {
            violations.add("url", "must be " + URL + ", or left out");
        }
        JsonNode body = line.path("body");
        if (!body.isObject()) {
            violations.add("body", "is required: an object with model and messages");
            return new Request(customId, "", task(number, body, null, null, null));
        }
        checkFields("body.", body, BODY, violations);
        checkModel(body.path("model"), violations);
        messages.check("body.messages", body.path("messages"), violations);
        return new Request(
                customId,
                body.path("model").asText(),
                task(
                        number,
                        body,
                        schema(body, violations),
                        maxTokens(body, violations),
                        temperature(body, violations)));
    }

    private static Task task(
            int number,
            JsonNode body,
            @Nullable JsonNode schema,
            @Nullable Integer maxTokens,
            @Nullable Double temperature) {
        return new Task(taskId(number), body.path("messages"), schema, maxTokens, temperature);
    }

    /** The id of the task of a line in its job. */
    static String taskId(int number) {
        return TASK + number;
    }

    private static boolean isId(String text) {
        return !text.isBlank()
                && text.length() <= MAX_ID
                && text.codePoints()
                        .noneMatch(code -> Character.isISOControl(code)
                                || Character.getType(code) == Character.SURROGATE
                                || Character.getType(code) == Character.UNASSIGNED);
    }

    private void checkModel(JsonNode model, Violations violations) {
        if (!model.isTextual() || settings.poolOf(model.asText()).isEmpty()) {
            violations.add("body.model", settings.modelViolation());
        }
    }

    private @Nullable JsonNode schema(JsonNode body, Violations violations) {
        JsonNode own = given(body, "responseSchema").orElse(null);
        JsonNode format = given(body, "response_format").orElse(null);
        if (own != null && format != null) {
            violations.add("body.responseSchema", "must be left out, because the line has response_format");
        }
        String field = format == null ? "body.responseSchema" : "body.response_format";
        JsonNode schema = format == null ? own : schemaOf(format, violations);
        if (schema != null && !validSchemas.contains(schema)) {
            Optional<String> fault = AnswerSchema.fault(schema);
            fault.ifPresent(text -> violations.add(field, text));
            if (fault.isEmpty() && validSchemas.size() < MAX_SCHEMAS) {
                validSchemas.add(schema);
            }
        }
        return schema;
    }

    private static @Nullable JsonNode schemaOf(JsonNode format, Violations violations) {
        String type = format.path("type").asText();
        if (type.equals("json_object")) {
            return JsonNodeFactory.instance.objectNode().put("type", "object");
        }
        if (type.equals("json_schema")) {
            return format.at("/json_schema/schema");
        }
        if (!type.equals("text")) {
            violations.add("body.response_format", "must have the type text, json_object or json_schema");
        }
        return null;
    }

    private static @Nullable Integer maxTokens(JsonNode body, Violations violations) {
        Integer tokens = null;
        for (String name : new String[] {"max_completion_tokens", "max_tokens", "maxTokens"}) {
            JsonNode value = given(body, name).orElse(null);
            if (value == null) {
                continue;
            }
            double number = value.isNumber() ? value.asDouble() : 0;
            if (number != Math.rint(number) || number < 1 || number > InferencePayload.MAX_ANSWER_TOKENS) {
                violations.add("body." + name, "must be from 1 to " + InferencePayload.MAX_ANSWER_TOKENS);
            } else if (tokens != null && tokens != (int) number) {
                violations.add("body." + name, "must be left out, because the line has another limit of tokens");
            } else {
                tokens = (int) number;
            }
        }
        return tokens;
    }

    private static @Nullable Double temperature(JsonNode body, Violations violations) {
        JsonNode value = given(body, "temperature").orElse(null);
        if (value == null) {
            return null;
        }
        double number = value.isNumber() ? value.asDouble() : -1;
        if (number < 0 || number > 2) {
            violations.add("body.temperature", "must be from 0 to 2");
        }
        return number;
    }

    /** A field that is there and not null. */
    private static Optional<JsonNode> given(JsonNode object, String name) {
        return object.hasNonNull(name) ? Optional.of(object.path(name)) : Optional.empty();
    }

    /** A field that has no effect here would change the answer somewhere else, so it is not ignored. */
    private static void checkFields(String place, JsonNode object, Set<String> known, Violations violations) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                String shown = name.length() > MAX_ID ? name.substring(0, MAX_ID) : name;
                violations.add(place + shown, "is not supported; use " + String.join(", ", known));
            }
        });
    }

    private static Set<String> fields(String... names) {
        return Stream.of(names).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
