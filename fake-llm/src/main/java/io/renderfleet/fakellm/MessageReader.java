package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks the messages of a request, and estimates their tokens. */
final class MessageReader {
    private static final int MAX_MESSAGES = 2_048;
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");
    private static final Pattern DATA_URI =
            Pattern.compile("data:image/(png|jpe?g|webp|gif);base64,", Pattern.CASE_INSENSITIVE);

    private final ProviderErrors errors;
    private long characters;
    private int images;

    MessageReader(ProviderErrors errors) {
        this.errors = errors;
    }

    /** The tokens of the messages, at least 1; an {@link ApiError} with status 400 if one is wrong. */
    int tokens(JsonNode messages) {
        if (!messages.isArray() || messages.isEmpty() || messages.size() > MAX_MESSAGES) {
            throw errors.invalidRequest(
                    "'messages' must be an array of 1 to " + MAX_MESSAGES + " messages.", "messages");
        }
        for (int i = 0; i < messages.size(); i++) {
            message(messages.get(i), "messages[" + i + "]");
        }
        return Math.toIntExact(Math.max(1, tokens(characters) + (long) images * ChatRequest.IMAGE_TOKENS));
    }

    /** An estimate of the tokens of a text. */
    static long tokens(long characters) {
        return Math.ceilDiv(characters, CHARACTERS_PER_TOKEN);
    }

    /** The number of characters of so many tokens. */
    static long characters(long tokens) {
        return tokens * CHARACTERS_PER_TOKEN;
    }

    private void message(JsonNode message, String param) {
        if (!ROLES.contains(message.path("role").asText(""))) {
            throw errors.invalidRequest(
                    "Invalid value of '" + param + ".role'. Supported values are: "
                            + ROLES.stream().sorted().toList()
                            + ".",
                    param + ".role");
        }
        JsonNode content = message.path("content");
        if (content.isTextual()) {
            characters += content.textValue().length();
        } else if (content.isArray() && !content.isEmpty()) {
            for (int i = 0; i < content.size(); i++) {
                part(content.get(i), param + ".content[" + i + "]");
            }
        } else {
            throw errors.invalidRequest(
                    "'" + param + ".content' must be a string, or an array of parts that is not empty.",
                    param + ".content");
        }
    }

    private void part(JsonNode part, String param) {
        switch (part.path("type").asText("")) {
            case "text" -> {
                if (!part.path("text").isTextual()) {
                    throw errors.invalidRequest("'" + param + ".text' must be a string.", param + ".text");
                }
                characters += part.path("text").textValue().length();
            }
            case "image_url" -> {
                image(part.path("image_url").path("url").asText(""), param + ".image_url.url");
                images++;
            }
            default ->
                throw errors.invalidRequest(
                        "Invalid value of '" + param + ".type'. Supported values are: 'text' and 'image_url'.",
                        param + ".type");
        }
    }

    /** Images are not decoded, and those at an address are not fetched. */
    private void image(String url, String param) {
        if (!url.startsWith("https://") && !DATA_URI.matcher(url).lookingAt()) {
            throw errors.invalidRequest(
                    "Invalid image URL. Use an https: URL, or a data: URI with a Base64-encoded PNG, JPEG, WebP or GIF.",
                    param);
        }
    }
}
