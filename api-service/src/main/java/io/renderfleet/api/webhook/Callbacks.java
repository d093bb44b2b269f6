package io.renderfleet.api.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Violations;
import io.renderfleet.webhook.Webhook;
import io.renderfleet.webhook.WebhookStore;
import io.renderfleet.webhook.WebhookUrl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides at submission whether the end of a job is sent to a webhook. Whether a user has a webhook is remembered for half
 * a minute, so that jobs without one cost no read each.
 *
 * <p>Thread-safe.
 */
public final class Callbacks {
    /** The name of the field of a job. */
    public static final String FIELD = "callbackUrl";

    static final Duration REMEMBERED = Duration.ofSeconds(30);
    private static final int MAX_REMEMBERED = 10_000;

    private final WebhookStore store;
    private final boolean loopback;
    private final Cache<UserId, Known> known = Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(MAX_REMEMBERED)
            .build();

    /** @param loopback whether URLs may also have http and the addresses of this machine */
    public Callbacks(WebhookStore store, boolean loopback) {
        this.store = store;
        this.loopback = loopback;
    }

    /** What is remembered of a user, without the secrets. */
    private record Known(boolean hasSecret, boolean hasUrl) {
        static Known of(Optional<Webhook> webhook) {
            return new Known(webhook.isPresent(), webhook.map(Webhook::url).isPresent());
        }
    }

    /** Checks the form of a URL. */
    public void check(@Nullable String url, Violations violations) {
        check(FIELD, url, violations);
    }

    void check(String field, @Nullable String url, Violations violations) {
        if (url != null) {
            WebhookUrl.violation(url, loopback).ifPresent(violation -> violations.add(field, violation));
        }
    }

    /**
     * The completion events of a job, with those for its webhook.
     *
     * @param ofType the events that the job type wants
     * @param url the valid callback URL of the job; null without one
     * @throws ProblemException if there is a URL, but no secret that signs its requests
     */
    public CompletionRequest addTo(CompletionRequest ofType, UserId user, @Nullable String url) {
        Known remembered = known.getIfPresent(user);
        if (remembered == null || (url != null && !remembered.hasSecret())) {
            remembered = Known.of(store.find(user));
            known.put(user, remembered);
        }
        if (url != null && !remembered.hasSecret()) {
            throw ProblemException.invalid(List.of(new FieldError(
                    FIELD,
                    "needs a secret that signs its requests; make one with PUT /webhook, whose url can be left out")));
        }
        return url != null || remembered.hasUrl() ? ofType.withWebhook(url) : ofType;
    }

    /** Forgets what this instance knows of a user whose webhook was changed. */
    void changed(UserId user) {
        known.invalidate(user);
    }
}
