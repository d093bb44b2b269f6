package io.renderfleet.client;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list; null means any.
 *
 * @param createdAfter only jobs that were created after this
 * @param createdBefore only jobs that were created before this
 * @param limit the most jobs on a page, 1 to 100
 */
public record JobQuery(
        @Nullable String userId,
        Job.@Nullable Status status,
        @Nullable Instant createdAfter,
        @Nullable Instant createdBefore,
        int limit) {
    private static final int MAX_LIMIT = 100;

    public JobQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("A page has from 1 to " + MAX_LIMIT + " jobs, not " + limit + ".");
        }
    }

    /** All jobs of a user, on pages of the largest size. */
    public static JobQuery ofUser(String userId) {
        return new JobQuery(userId, null, null, null, MAX_LIMIT);
    }

    public JobQuery withStatus(Job.Status status) {
        return new JobQuery(userId, status, createdAfter, createdBefore, limit);
    }

    Map<String, String> parameters(@Nullable String cursor) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("limit", Integer.toString(limit));
        put(all, "userId", userId);
        put(all, "status", status);
        put(all, "createdAfter", createdAfter);
        put(all, "createdBefore", createdBefore);
        put(all, "cursor", cursor);
        return all;
    }

    private static void put(Map<String, String> all, String name, @Nullable Object value) {
        if (value != null) {
            all.put(name, value.toString());
        }
    }
}
