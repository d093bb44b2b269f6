package io.renderfleet.client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Selects the jobs of a listing. A component that is null does not restrict the listing.
 *
 * @param userId the owner of the jobs; null for the caller, which only a service with authentication knows
 * @param createdAfter only jobs that were created at this time or later
 * @param createdBefore only jobs that were created before this time
 * @param designId only jobs for this design
 * @param batchId only jobs of this batch
 * @param labels only jobs with all of these labels: each is a {@code key}, or a {@code key:value}; empty for any
 * @param limit the maximum number of jobs on a page, 1 to 100
 */
public record JobQuery(
        @Nullable String userId,
        Job.@Nullable Status status,
        @Nullable Instant createdAfter,
        @Nullable Instant createdBefore,
        @Nullable String designId,
        @Nullable String batchId,
        List<String> labels,
        int limit) {
    /** The maximum number of jobs on a page. */
    public static final int MAX_LIMIT = 100;

    public JobQuery {
        labels = List.copyOf(labels);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("The limit must be from 1 to " + MAX_LIMIT + ", not " + limit + ".");
        }
    }

    /** Selects all jobs of a user, on pages of 100 jobs. */
    public static JobQuery ofUser(String userId) {
        return new JobQuery(userId, null, null, null, null, null, List.of(), MAX_LIMIT);
    }

    /** Selects all jobs of the caller, as the token of the client names it, on pages of 100 jobs. */
    public static JobQuery ofCaller() {
        return new JobQuery(null, null, null, null, null, null, List.of(), MAX_LIMIT);
    }

    /** This query for jobs that were created from one time on, and before another; null for no limit. */
    public JobQuery withCreated(@Nullable Instant after, @Nullable Instant before) {
        return new JobQuery(userId, status, after, before, designId, batchId, labels, limit);
    }

    /** This query for jobs of a design, of a batch, and with labels; null and empty for any. */
    public JobQuery withSubject(@Nullable String designId, @Nullable String batchId, List<String> labels) {
        return new JobQuery(userId, status, createdAfter, createdBefore, designId, batchId, labels, limit);
    }

    /** This query with another maximum number of jobs on a page, 1 to 100. */
    public JobQuery withLimit(int limit) {
        return new JobQuery(userId, status, createdAfter, createdBefore, designId, batchId, labels, limit);
    }

    public JobQuery withStatus(Job.Status status) {
        return new JobQuery(userId, status, createdAfter, createdBefore, designId, batchId, labels, limit);
    }

    List<Map.Entry<String, String>> parameters(@Nullable String cursor) {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        put(all, "limit", limit);
        put(all, "userId", userId);
        put(all, "status", status);
        put(all, "createdAfter", createdAfter);
        put(all, "createdBefore", createdBefore);
        put(all, "designId", designId);
        put(all, "batchId", batchId);
        labels.forEach(label -> put(all, "label", label));
        put(all, "cursor", cursor);
        return all;
    }

    private static void put(List<Map.Entry<String, String>> all, String name, @Nullable Object value) {
        if (value != null) {
            all.add(Map.entry(name, value.toString()));
        }
    }
}
