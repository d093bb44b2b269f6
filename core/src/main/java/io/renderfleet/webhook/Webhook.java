package io.renderfleet.webhook;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The webhook of a user.
 *
 * @param url where the events of all jobs go that have no URL of their own; null for nowhere. It may have a secret in its
 *     path or query
 * @param secret signs the requests; begins with {@code whsec_}
 * @param secretAt when the secret was made
 * @param previousSecret also signs the requests until {@code previousUntil}; null if the secret was never rotated
 * @param previousUntil null if the secret was never rotated
 */
public record Webhook(
        @Nullable String url,
        String secret,
        Instant secretAt,
        @Nullable String previousSecret,
        @Nullable Instant previousUntil) {

    /** The secrets that sign a request now, the newest first. */
    public List<String> secrets(Instant now) {
        return previousSecret != null && previousUntil != null && now.isBefore(previousUntil)
                ? List.of(secret, previousSecret)
                : List.of(secret);
    }

    /** Without the URL and the secrets, so that no log has them. */
    @Override
    public String toString() {
        return "Webhook[secretAt=" + secretAt + ", previousUntil=" + previousUntil + "]";
    }
}
