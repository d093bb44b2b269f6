package io.renderfleet.api.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.renderfleet.job.UserId;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * How fast each user may send jobs to this instance. The limiters are kept out of the library's registry, which keeps
 * its own for ever and gives each a set of metrics.
 *
 * <p>Thread-safe.
 */
@Component
class UserRates {
    /** The library's settings that each user's limiter is made with. */
    private static final String SETTINGS = "user";

    private final Cache<UserId, RateLimiter> limiters;
    private final RateLimiterConfig config;

    UserRates(RateLimiterRegistry registry, AdmissionSettings settings) {
        this.config = registry.getConfiguration(SETTINGS)
                .orElseThrow(() -> new IllegalStateException(
                        "resilience4j.ratelimiter.configs." + SETTINGS + " is missing: api-service.yml has it"));
        this.limiters = Caffeine.newBuilder()
                .maximumSize(settings.users())
                .expireAfterAccess(settings.forgetAfter())
                .build();
    }

    /** Whether the user may send one more job now. */
    boolean take(UserId user) {
        return limiters.get(user, id -> RateLimiter.of(SETTINGS, config)).acquirePermission();
    }

    /** When there is room again at the latest. */
    Duration refresh() {
        return config.getLimitRefreshPeriod();
    }

    /** Jobs in one {@link #refresh}. */
    int limit() {
        return config.getLimitForPeriod();
    }
}
