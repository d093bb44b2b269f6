package io.renderfleet.jobtype.inference.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.model.ModelClient;
import io.renderfleet.jobtype.inference.model.ModelReply;
import io.renderfleet.jobtype.inference.model.Provider;
import java.time.Duration;
import java.util.TreeMap;

/**
 * One cheap call that shows whether a provider accepts a key: a prompt of one word and an answer of one token, with the
 * first model of the pool by its name in requests.
 *
 * @param reply what came of it
 * @param latency from the request to the end of the response
 */
record KeyVerification(ModelReply reply, Duration latency) {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    static KeyVerification call(ModelClient client, Provider provider, Secret secret) throws InterruptedException {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        messages.addObject().put("role", "user").put("content", "ping");
        long started = System.nanoTime();
        ModelReply reply =
                client.call(secret, model(provider), new Task("verify", messages, null, 1, null), messages, LONGEST);
        return new KeyVerification(reply, Duration.ofNanos(System.nanoTime() - started));
    }

    /** The provider's name of the model that is called. */
    static String model(Provider provider) {
        return new TreeMap<>(provider.models()).firstEntry().getValue();
    }

    boolean isAccepted() {
        return reply instanceof ModelReply.Answered;
    }

    /** The outcome for operators, without any text of the provider. */
    String why() {
        return switch (reply) {
            case ModelReply.Answered _ -> "The provider accepted the key";
            case ModelReply.RateLimited _ ->
                "The provider refused the call because of a limit (429); verify again later";
            case ModelReply.QuotaExhausted _ ->
                "The account has no credit or quota left; add credit, or raise the spend limit";
            case ModelReply.Unauthorized _ ->
                "The provider does not accept the key, or the key may not use the model (401 or 403)";
            case ModelReply.Failed _ ->
                "The provider failed or did not respond in time; check the address, and verify again";
            case ModelReply.Refused refused ->
                "The provider refused the call (" + refused.error().code() + "); check the name of the model";
        };
    }
}
