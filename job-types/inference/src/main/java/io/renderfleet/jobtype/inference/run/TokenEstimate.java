package io.renderfleet.jobtype.inference.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.jobtype.inference.InferencePayload.Task;

/**
 * How many tokens a call will probably use, before the provider has counted them. Text has about one token for three
 * characters, more than English and fewer than Chinese text has. An image has about a thousand, which is what the models
 * of OpenAI and Qwen-VL count for a picture of a megapixel.
 */
final class TokenEstimate {
    private static final int CHARACTERS_PER_TOKEN = 3;
    private static final long IMAGE = 1000;
    private static final long ANSWER = 500;

    private TokenEstimate() {}

    static long of(Task task) {
        long tokens = task.maxTokens() == null ? ANSWER : task.maxTokens();
        for (JsonNode message : task.messages()) {
            JsonNode content = message.path("content");
            if (content.isTextual()) {
                tokens += text(content);
            }
            for (JsonNode part : content) {
                tokens += part.has("image_url") ? IMAGE : text(part.path("text"));
            }
        }
        return tokens;
    }

    private static long text(JsonNode text) {
        return Math.ceilDiv(text.asText().length(), CHARACTERS_PER_TOKEN);
    }
}
