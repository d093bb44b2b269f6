package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;

/**
 * A valid request for a chat completion, as https://platform.openai.com/docs/api-reference/chat/create describes it.
 * Parameters that this server does not use are ignored.
 *
 * @param messages the messages, an array that is not empty
 * @param format what the text of the answer must be
 * @param schema the schema of the answer, for {@link Format#JSON_SCHEMA}
 * @param promptTokens an estimate: a token for every four characters, and {@link #IMAGE_TOKENS} for an image
 * @param maxTokens the largest number of tokens of the answer, positive
 */
record ChatRequest(
        String model,
        JsonNode messages,
        Format format,
        Optional<ObjectNode> schema,
        int promptTokens,
        Optional<Integer> maxTokens) {
    /** The estimate for an image, whatever its size. */
    static final int IMAGE_TOKENS = 1_000;

    /** What the text of an answer is. */
    enum Format {
        TEXT,
        JSON_OBJECT,
        JSON_SCHEMA
    }

    /** Reads a request; an {@link ApiError} with status 400 if it is wrong. */
    static ChatRequest parse(byte[] body, ProviderErrors errors) {
        ObjectNode request = Json.object(body)
                .orElseThrow(() -> errors.invalidRequest(
                        "We could not parse the JSON body of your request. The API expects a JSON object.", null));
        String model = request.path("model").asText("");
        if (!request.path("model").isTextual() || model.isBlank()) {
            throw errors.invalidRequest("You must provide a model parameter.", "model");
        }
        if (request.path("stream").asBoolean(false)) {
            throw errors.invalidRequest(
                    "This server does not stream answers. Omit 'stream', or set it to false.", "stream");
        }
        if (request.path("n").asInt(1) != 1) {
            throw errors.invalidRequest("This server gives one choice. Omit 'n', or set it to 1.", "n");
        }
        JsonNode messages = request.path("messages");
        int promptTokens = new MessageReader(errors).tokens(messages);
        Format format = format(request.path("response_format"), errors);
        if (format == Format.JSON_OBJECT
                && !messages.toString().toLowerCase(Locale.ROOT).contains("json")) {
            throw errors.invalidRequest(
                    "'messages' must contain the word 'json' in some form, to use 'response_format' of type"
                            + " 'json_object'.",
                    "messages");
        }
        return new ChatRequest(
                model,
                messages,
                format,
                schema(request.path("response_format"), format, errors),
                promptTokens,
                maxTokens(request, errors));
    }

    private static Format format(JsonNode responseFormat, ProviderErrors errors) {
        return switch (responseFormat.path("type").asText("text")) {
            case "text" -> Format.TEXT;
            case "json_object" -> Format.JSON_OBJECT;
            case "json_schema" -> Format.JSON_SCHEMA;
            default ->
                throw errors.invalidRequest(
                        "Invalid value of 'response_format.type'. Supported values are: 'text', 'json_object' and"
                                + " 'json_schema'.",
                        "response_format.type");
        };
    }

    private static Optional<ObjectNode> schema(JsonNode responseFormat, Format format, ProviderErrors errors) {
        if (format != Format.JSON_SCHEMA) {
            return Optional.empty();
        }
        JsonNode jsonSchema = responseFormat.path("json_schema");
        if (!jsonSchema.path("name").asText("").matches("[a-zA-Z0-9_-]{1,64}")) {
            throw errors.invalidRequest(
                    "'response_format.json_schema.name' must be 1 to 64 of a-z, A-Z, 0-9, '_' and '-'.",
                    "response_format.json_schema.name");
        }
        if (jsonSchema.path("schema") instanceof ObjectNode schema) {
            return Optional.of(schema);
        }
        throw errors.invalidRequest(
                "'response_format.json_schema.schema' must be a JSON object.", "response_format.json_schema.schema");
    }

    private static Optional<Integer> maxTokens(ObjectNode request, ProviderErrors errors) {
        for (String name : new String[] {"max_completion_tokens", "max_tokens"}) {
            JsonNode value = request.path(name);
            if (value.isMissingNode() || value.isNull()) {
                continue;
            }
            if (!value.canConvertToInt() || value.asInt() < 1) {
                throw errors.invalidRequest("'" + name + "' must be a whole number of at least 1.", name);
            }
            return Optional.of(value.asInt());
        }
        return Optional.empty();
    }
}
