package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;

/** The texts of answers. They depend on the seed, the messages with their images, and the response format only. */
final class Answers {
    private static final int DEPTH = 10_000;
    /** The answer to a request of type {@code json_object}, which has no schema. */
    private static final ObjectNode ASSESSMENT =
            Json.object("""
                    {"type": "object", "properties": {
                      "riskLevel": {"enum": ["low", "medium", "high"]},
                      "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                      "description": {"type": "string"},
                      "recommendedAction": {"type": "string"}}}""".getBytes(StandardCharsets.UTF_8)).orElseThrow();

    private final long seed;
    private final ProviderErrors errors;

    Answers(long seed, ProviderErrors errors) {
        this.seed = seed;
        this.errors = errors;
    }

    /** The correct answer; an {@link ApiError} with status 400 if the schema is not supported. */
    String text(ChatRequest request) {
        var sampler = new SchemaSampler(new SplittableRandom(hash(request)), errors);
        return switch (request.format()) {
            case TEXT -> sampler.sentence() + " " + sampler.sentence();
            case JSON_OBJECT -> sampler.value(ASSESSMENT).toString();
            case JSON_SCHEMA -> sampler.value(request.schema().orElseThrow()).toString();
        };
    }

    /** JSON that lacks a required property or, if the schema requires none, has another type. */
    static String wrongSchema(ChatRequest request, String correct) {
        JsonNode required = request.schema().orElse(ASSESSMENT).path("required");
        ObjectNode answer =
                Json.object(correct.getBytes(StandardCharsets.UTF_8)).orElseGet(JsonNodeFactory.instance::objectNode);
        if (required.isEmpty()) {
            return JsonNodeFactory.instance.arrayNode().add(answer).toString();
        }
        answer.remove(required.get(0).asText());
        return answer.toString();
    }

    static String fenced(String correct) {
        return "Here is the assessment:\n\n```json\n" + correct + "\n```\n";
    }

    /** JSON without its end. */
    static String broken(String correct) {
        String json = correct.startsWith("{") ? correct : "{\"answer\": \"" + correct + "\"}";
        return json.substring(0, json.length() * 2 / 3);
    }

    /** Valid JSON that is nested 10,000 deep. */
    static String deep() {
        return "{\"a\":".repeat(DEPTH) + "1" + "}".repeat(DEPTH);
    }

    private long hash(ChatRequest request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).flip());
            digest.update(Json.canonical(request.messages()));
            digest.update(request.format().name().getBytes(StandardCharsets.UTF_8));
            request.schema().map(Json::canonical).ifPresent(digest::update);
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
