package io.renderfleet.api.lookup;

import io.renderfleet.job.JobFilter;
import io.renderfleet.job.JobFilter.Label;
import io.renderfleet.job.JobHistory;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.problem.Violations;
import io.renderfleet.region.RegionId;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the query parameters that select jobs. Unknown ones, and those that are given twice, have already been refused.
 * Every violation is reported.
 */
final class JobFilters {
    static final String LABEL =
            "Jobs with this label: key or key:value. Can be given up to 20 times; a job must have all"
                    + " of the labels.";
    static final int DEFAULT_LIMIT = 20;

    private static final String PRINTABLE = "must be 1 to 128 printable characters";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

    private final Map<String, String[]> parameters;
    private final Violations violations;

    JobFilters(Map<String, String[]> parameters, Violations violations) {
        this.parameters = parameters;
        this.violations = violations;
    }

    /**
     * The filter of the parameters.
     *
     * @param subjects the parameters that say what a job is about, of which one can be given
     */
    JobFilter read(Collection<String> subjects) {
        return new JobFilter(
                read(
                        "status",
                        JobStatus::valueOf,
                        "must be one of "
                                + Arrays.stream(JobStatus.values())
                                        .map(Enum::name)
                                        .collect(Collectors.joining(", "))),
                subject(subjects),
                labels(),
                read(
                        "batchId",
                        JobFilters::uuid,
                        "must be the id of a batch, a UUID such as 6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31"),
                read("type", JobTypeName::new, "must be a job type such as render"),
                read("region", RegionId::new, "must be a region such as us-east-1"),
                null);
    }

    /** The size of a page. */
    int limit() {
        Integer limit = read("limit", JobFilters::limit, "must be from 1 to " + JobHistory.MAX_PAGE);
        return limit == null ? DEFAULT_LIMIT : limit;
    }

    /** The value of a parameter; null without it, and if there is a violation. */
    <T> @Nullable T read(String name, Function<String, T> reader, String otherwise) {
        String[] values = parameters.get(name);
        if (values == null) {
            return null;
        }
        try {
            return reader.apply(values[0]);
        } catch (IllegalArgumentException | DateTimeException e) {
            violations.add(name, otherwise);
            return null;
        }
    }

    private @Nullable String subject(Collection<String> names) {
        List<String> given = names.stream().filter(parameters::containsKey).toList();
        if (given.size() > 1) {
            violations.add(given.get(1), "must not be given together with " + given.getFirst());
        }
        return given.isEmpty() ? null : read(given.getFirst(), JobTags::name, PRINTABLE);
    }

    private List<Label> labels() {
        String[] given = parameters.getOrDefault("label", new String[0]);
        if (given.length > JobTags.MAX_LABELS) {
            violations.add("label", "must not be given more than " + JobTags.MAX_LABELS + " times");
            return List.of();
        }
        return Arrays.stream(given).distinct().sorted().flatMap(this::label).toList();
    }

    private Stream<Label> label(String text) {
        String[] parts = text.split(":", 2);
        String value = parts.length == 1 ? null : parts[1];
        if (JobTags.isKey(parts[0]) && (value == null || JobTags.isValue(value))) {
            return Stream.of(new Label(parts[0], value));
        }
        violations.add(
                "label",
                "must be key or key:value; a key has 1 to 32 characters of A-Z, a-z, 0-9, dot, hyphen and underscore, a"
                        + " value 1 to 64 printable characters");
        return Stream.empty();
    }

    private static UUID uuid(String text) {
        return JobId.of(text).uuid();
    }

    private static int limit(String text) {
        int limit = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > JobHistory.MAX_PAGE) {
            throw new IllegalArgumentException();
        }
        return limit;
    }

    /**
     * The text of a listing for its cursors.
     *
     * @param parts those that the filter does not have, always as many; none has control characters
     */
    static String listing(JobFilter filter, String... parts) {
        // The parts cannot be confused, because none has control characters, and the labels are the last ones.
        return String.join("\n", parts)
                + "\n"
                + Stream.of(filter.status(), filter.subject(), filter.batchId(), filter.type(), filter.region())
                        .map(part -> Objects.toString(part, ""))
                        .collect(Collectors.joining("\n"))
                + filter.labels().stream()
                        .map(label -> "\n" + label.key() + (label.value() == null ? "" : ":" + label.value()))
                        .collect(Collectors.joining());
    }
}
