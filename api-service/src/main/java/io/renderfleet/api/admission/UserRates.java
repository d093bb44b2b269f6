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
 * Limits the rate at which each user submits jobs to this instance. The rate limiters are not in the Resilience4j
 * registry, because it never removes a limiter and registers metrics for each.
 *
 * <p>Thread-safe.
 */
@Component
class UserRates {
    /** The name of the Resilience4j configuration for the rate limiters. */
    private static final String SETTINGS = "user";

    private final Cache<UserId, RateLimiter> limiters;
    private final RateLimiterConfig config;

    UserRates(RateLimiterRegistry registry, AdmissionSettings settings) {
        this.config = registry.getConfiguration(SETTINGS)
                .orElseThrow(() -> new IllegalStateException("resilience4j.ratelimiter.configs." + SETTINGS
                        + " is missing. The default is in api-service.yml"));
        this.limiters = Caffeine.newBuilder()
                .maximumSize(settings.users())
                .expireAfterAccess(settings.forgetAfter())
                .build();
    }

    /** Whether the user may send one more job now. */
    boolean take(UserId user) {
        return limiters.get(user, id -> RateLimiter.of(SETTINGS, config)).acquirePermission();
    }

    /** The period after which the full limit is available again. */
    Duration refresh() {
        return config.getLimitRefreshPeriod();
    }

    /** The number of jobs per user in one {@link #refresh} period. */
    int limit() {
        return config.getLimitForPeriod();
    }
}
