package io.renderfleet.jobtype.inference.input;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.problem.Violations;
import java.util.Set;

/**
 * Validates messages in the format of OpenAI's chat completions
 * (https://platform.openai.com/docs/api-reference/chat/create), as far as the answer to a task needs them: text and
 * images from the roles system, user and assistant.
 */
public final class MessageRules {
    private static final int MAX_MESSAGES = 64;
    private static final int MAX_PARTS = 64;
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");
    private static final Set<String> DETAILS = Set.of("auto", "low", "high");

    private final ImageRules images;

    public MessageRules(ImageRules images) {
        this.images = images;
    }

    /**
     * Checks messages without looking up images.
     *
     * @param field names the messages in the violations
     */
    public void check(String field, JsonNode messages, Violations violations) {
        if (!messages.isArray() || messages.isEmpty() || messages.size() > MAX_MESSAGES) {
            violations.add(field, "must be an array of 1 to " + MAX_MESSAGES + " messages");
            return;
        }
        for (int index = 0; index < messages.size(); index++) {
            message(field + "[" + index + "]", messages.get(index), violations);
        }
    }

    private void message(String field, JsonNode message, Violations violations) {
        if (!hasOnly(field, message, Set.of("role", "content"), violations)) {
            return;
        }
        if (!ROLES.contains(message.path("role").asText())) {
            violations.add(field + ".role", "must be system, user or assistant");
        }
        JsonNode content = message.path("content");
        if (content.isTextual() && !content.asText().isBlank()) {
            return;
        }
        if (!content.isArray() || content.isEmpty() || content.size() > MAX_PARTS) {
            violations.add(field + ".content", "must be a text, or an array of 1 to " + MAX_PARTS + " parts");
            return;
        }
        for (int index = 0; index < content.size(); index++) {
            part(field + ".content[" + index + "]", content.get(index), violations);
        }
    }

    private void part(String field, JsonNode part, Violations violations) {
        switch (part.path("type").asText()) {
            case "text" -> {
                if (hasOnly(field, part, Set.of("type", "text"), violations)
                        && !part.path("text").isTextual()) {
                    violations.add(field + ".text", "must be a string");
                }
            }
            case "image_url" -> {
                if (hasOnly(field, part, Set.of("type", "image_url"), violations)) {
                    image(field + ".image_url", part.path("image_url"), violations);
                }
            }
            default -> violations.add(field + ".type", "must be text or image_url");
        }
    }

    private void image(String field, JsonNode image, Violations violations) {
        if (!hasOnly(field, image, Set.of("url", "detail"), violations)) {
            return;
        }
        images.check(field + ".url", image.path("url"), violations);
        if (image.has("detail") && !DETAILS.contains(image.path("detail").asText())) {
            violations.add(field + ".detail", "must be auto, low or high");
        }
    }

    private static boolean hasOnly(String field, JsonNode object, Set<String> names, Violations violations) {
        if (!object.isObject()) {
            violations.add(field, "must be an object");
            return false;
        }
        object.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                violations.add(field + "." + name, "is not a known field");
            }
        });
        return true;
    }
}
