package io.renderfleet.jobtype.inference.model;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * A provider of models with an OpenAI-compatible API.
 *
 * @param baseUrl the address before {@code /chat/completions}, such as {@code https://api.openai.com/v1}
 * @param kind how the provider reports errors
 * @param models the names of models in requests of users, and the provider's names for them; other names are refused
 * @param headers headers that each call has, besides the key
 * @param timeout the longest call
 */
public record Provider(
        URI baseUrl, Kind kind, Map<String, String> models, Map<String, String> headers, Duration timeout) {
    public Provider {
        models = Map.copyOf(models);
        headers = Map.copyOf(headers);
    }

    /** How errors are reported. */
    public enum Kind {
        /**
         * As OpenAI does (https://platform.openai.com/docs/guides/error-codes): {@code insufficient_quota} means that no
         * money or quota is left.
         */
        OPENAI,
        /**
         * As Alibaba's Model Studio does in its compatible mode (https://help.aliyun.com/en/model-studio/error-code-start):
         * {@code insufficient_quota} is the limit of tokens a minute, and {@code Arrearage} means that no money is left.
         */
        DASHSCOPE
    }
}
