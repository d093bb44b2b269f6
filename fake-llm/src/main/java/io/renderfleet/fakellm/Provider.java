package io.renderfleet.fakellm;

/** The provider whose errors the server imitates; {@link ProviderErrors} has the sources. */
public enum Provider {
    /** OpenAI's API. */
    OPENAI,
    /**
     * The compatible mode of DashScope (Alibaba Cloud Model Studio). Unlike OpenAI, it answers a call above the token
     * limit with 429 {@code insufficient_quota}, and a call of an account with an overdue bill with 400
     * {@code Arrearage}.
     */
    DASHSCOPE,
    /** A self-hosted vLLM, whose error codes are numbers. */
    VLLM
}
