package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request, in the shape of https://platform.openai.com/docs/api-reference/chat/object, which DashScope's
 * compatible mode and vLLM share.
 *
 * @param content the text; null if the content filter removed it
 * @param finishReason stop, length or content_filter
 */
record Completion(String model, @Nullable String content, String finishReason, int promptTokens, int completionTokens) {

    /** The answer of the normal behaviour, cut at the largest number of tokens that the request allows. */
    static Completion of(ChatRequest request, String content) {
        long tokens = Math.max(1, MessageReader.tokens(content.length()));
        int most = request.maxTokens().orElse(Integer.MAX_VALUE);
        if (tokens <= most) {
            return new Completion(request.model(), content, "stop", request.promptTokens(), (int) tokens);
        }
        String cut = content.substring(0, (int) MessageReader.characters(most));
        return new Completion(request.model(), cut, "length", request.promptTokens(), most);
    }

    /** The same answer with another text, which counts with its own tokens. */
    Completion withContent(String other) {
        return new Completion(
                model, other, finishReason, promptTokens, (int) Math.max(1, MessageReader.tokens(other.length())));
    }

    /** The answer that the content filter stopped. */
    Completion filtered() {
        return new Completion(model, null, "content_filter", promptTokens, 0);
    }

    int tokens() {
        return promptTokens + completionTokens;
    }

    /** @param created the time in seconds since 1970 */
    byte[] json(String id, long created) {
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", "chat.completion")
                .put("created", created)
                .put("model", model);
        ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", content)
                .putNull("refusal");
        choice.putNull("logprobs").put("finish_reason", finishReason);
        answer.putObject("usage")
                .put("prompt_tokens", promptTokens)
                .put("completion_tokens", completionTokens)
                .put("total_tokens", tokens());
        return Json.bytes(answer);
    }
}
