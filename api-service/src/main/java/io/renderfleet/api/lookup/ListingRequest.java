package io.renderfleet.api.lookup;

import io.renderfleet.identity.Caller;
import io.renderfleet.job.JobHistory;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Violations;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the parameters of a listing. Unknown and repeated parameters have already been refused. */
final class ListingRequest {
    static final int DEFAULT_LIMIT = 20;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

    /** The times that the table can store and sort: from 1970 to 9999. */
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private final Map<String, String[]> parameters;
    private final List<FieldError> errors = new ArrayList<>();

    private ListingRequest(Map<String, String[]> parameters) {
        this.parameters = parameters;
    }

    /** Reads the query of a listing; throws a {@link ProblemException} with all parameters that are not valid. */
    static JobHistory.Query read(Caller caller, Map<String, String[]> parameters, Cursors cursors) {
        return new ListingRequest(parameters).read(caller, cursors);
    }

    private JobHistory.Query read(Caller caller, Cursors cursors) {
        Violations violations = new Violations();
        String[] users = parameters.get("userId");
        UserId user = caller.actingFor(users == null ? null : users[0], violations);
        errors.addAll(violations.errors());
        JobStatus status = read(
                "status",
                JobStatus::valueOf,
                "must be one of "
                        + Arrays.stream(JobStatus.values()).map(Enum::name).collect(Collectors.joining(", ")));
        Instant after = read("createdAfter", ListingRequest::instant, "must be a time such as 2026-01-31T12:00:00Z");
        Instant before = read("createdBefore", ListingRequest::instant, "must be a time such as 2026-01-31T12:00:00Z");
        Integer limit = read("limit", ListingRequest::limit, "must be from 1 to " + JobHistory.MAX_PAGE);
        if (user == null || !errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        int size = limit == null ? DEFAULT_LIMIT : limit;
        JobHistory.Query first = new JobHistory.Query(user, status, after, before, size, null);
        JobHistory.Position from = read(
                "cursor",
                cursor -> cursors.read(cursor, first).orElseThrow(IllegalArgumentException::new),
                "is not a cursor of this listing; send the request without it to start from the first page");
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return new JobHistory.Query(user, status, after, before, size, from);
    }

    private <T> @Nullable T read(String name, Function<String, T> reader, String otherwise) {
        String[] values = parameters.get(name);
        if (values == null) {
            return null;
        }
        try {
            return reader.apply(values[0]);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            errors.add(new FieldError(name, otherwise));
            return null;
        }
    }

    private static int limit(String text) {
        int limit = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > JobHistory.MAX_PAGE) {
            throw new IllegalArgumentException();
        }
        return limit;
    }

    private static Instant instant(String text) {
        Instant instant = Instant.parse(text);
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new IllegalArgumentException();
        }
        return instant;
    }
}
