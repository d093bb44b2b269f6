package io.renderfleet.api.lookup;

import io.renderfleet.identity.Caller;
import io.renderfleet.job.JobFilter;
import io.renderfleet.job.JobHistory;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.Violations;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;

/**
 * The listing of a user's jobs that a request asks for.
 *
 * @param listing what the cursors of its pages are bound to
 */
record ListingRequest(JobHistory.Query query, String listing) {
    private static final String TIME = "must be a time such as 2026-01-31T12:00:00Z";
    static final String FOREIGN_CURSOR =
            "is not a cursor of this listing; send the request without it to start from the first page";

    /** The times that the table can store and sort: from 1970 to 9999. */
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    /**
     * Reads the query of a listing.
     *
     * @param subjects the parameters that say what a job is about
     * @throws io.renderfleet.problem.ProblemException with all parameters that are not valid
     */
    static ListingRequest read(
            Caller caller, Map<String, String[]> parameters, Collection<String> subjects, Cursors cursors) {
        Violations violations = new Violations();
        String[] users = parameters.get("userId");
        UserId user = caller.actingFor(users == null ? null : users[0], violations);
        JobFilters filters = new JobFilters(parameters, violations);
        JobFilter filter = filters.read(subjects);
        Instant after = filters.read("createdAfter", ListingRequest::instant, TIME);
        Instant before = filters.read("createdBefore", ListingRequest::instant, TIME);
        int limit = filters.limit();
        violations.throwIfAny();
        UserId owner = Objects.requireNonNull(user, "A request without a user has a violation");
        String listing =
                JobFilters.listing(filter, owner.value(), Objects.toString(after, ""), Objects.toString(before, ""));
        JobHistory.Position from = filters.read(
                "cursor",
                cursor -> cursors.read(cursor, listing).orElseThrow(IllegalArgumentException::new),
                FOREIGN_CURSOR);
        violations.throwIfAny();
        return new ListingRequest(new JobHistory.Query(owner, filter, after, before, limit, from), listing);
    }

    private static Instant instant(String text) {
        Instant instant = Instant.parse(text);
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new IllegalArgumentException();
        }
        return instant;
    }
}
