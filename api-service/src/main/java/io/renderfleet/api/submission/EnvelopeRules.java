package io.renderfleet.api.submission;

import io.renderfleet.api.webhook.Callbacks;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.Violations;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks the fields that every job has, whatever its type, and reports all violations. */
@Component
class EnvelopeRules {
    /** The time for which a job is kept by default. A job that starts later would already be deleted. */
    private static final Duration MAX_START_WITHIN = Duration.ofDays(30);

    private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private static final String RANDOM_UUID =
            "must be a UUID of version 4 or 7, such as 6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31";
    private static final String PRINTABLE = "must be 1 to 128 printable characters";

    private final List<RegionId> regions;
    private final List<PoolName> pools;
    private final Callbacks callbacks;

    EnvelopeRules(FleetSettings fleet, Callbacks callbacks) {
        this.regions = fleet.regions();
        this.pools = fleet.poolNames();
        this.callbacks = callbacks;
    }

    /**
     * Checks a request without reading anything else.
     *
     * @param caller who sent the request; the owner of the job, unless the request names another one
     * @param part the part of the request that belongs to the job type; null when the type is not valid
     * @param idempotencyKey the value of the header {@code Idempotency-Key}; null without the header
     * @param violations the violations that were found so far; more are added
     * @throws io.renderfleet.problem.ProblemException with all violations
     */
    Submission check(
            Caller caller,
            JobRequest request,
            JobReader.@Nullable Part part,
            @Nullable String idempotencyKey,
            Violations violations) {
        UserId userId = violations.has("userId") ? null : caller.actingFor(request.userId(), violations);
        JobId id = id(request.jobId(), idempotencyKey, userId, violations);
        OrderingKey orderingKey = read("orderingKey", request.orderingKey(), OrderingKey::new, PRINTABLE, violations);
        List<RegionId> allowed = allowed(request.regions(), part, violations);
        Duration startWithin = duration("startWithin", request.startWithin(), MAX_START_WITHIN, violations);
        Duration timeout = duration("timeout", request.timeout(), JobLimits.MAX_TIMEOUT, violations);
        callbacks.check(request.callbackUrl(), violations);
        String name = read("name", request.name(), JobTags::name, PRINTABLE, violations);
        Map<String, String> labels = labels(request.labels(), violations);
        if (part != null && !pools.contains(part.type().pool())) {
            violations.add(
                    "type",
                    "is " + part.type().name() + ", which needs the pool "
                            + part.type().pool() + "; the pools of this deployment are "
                            + String.join(
                                    ", ", pools.stream().map(PoolName::value).toList()));
        }
        violations.throwIfAny();
        JobReader.Part known = Objects.requireNonNull(part, "A job without a type has a violation");
        UserId owner = Objects.requireNonNull(userId);
        return new Submission(
                id == null ? JobId.random() : id,
                id != null,
                owner,
                known.type().name(),
                known.type().pool(),
                Objects.requireNonNull(known.payload(), "A type that makes no payload adds a violation"),
                request.priority() == null ? Priority.NORMAL : Priority.valueOf(request.priority()),
                orderingKey,
                allowed,
                startWithin,
                timeout == null ? JobLimits.DEFAULT_TIMEOUT : timeout,
                Objects.requireNonNullElse(request.maxAttempts(), JobLimits.DEFAULT_MAX_ATTEMPTS),
                RequestDigest.of(request.of(owner), Objects.requireNonNull(known.request())),
                payload -> callbacks.addTo(known.type().completion(payload), owner, request.callbackUrl()),
                new JobTags(name, labels, known.subject(), null));
    }

    private static Map<String, String> labels(@Nullable Map<String, @Nullable String> asked, Violations violations) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (asked == null || violations.has("labels")) {
            return labels;
        }
        if (asked.size() > JobTags.MAX_LABELS) {
            violations.add("labels", "must have at most " + JobTags.MAX_LABELS + " entries; there are " + asked.size());
            return labels;
        }
        asked.forEach((key, value) -> {
            if (!JobTags.isKey(key)) {
                violations.add(
                        "labels", "must have keys of 1 to 32 characters of A-Z, a-z, 0-9, dot, hyphen and underscore");
            } else if (value == null || !JobTags.isValue(value)) {
                violations.add("labels." + key, "must be 1 to " + JobTags.MAX_VALUE + " printable characters");
            } else {
                labels.put(key, value);
            }
        });
        int bytes = JobTags.bytes(labels);
        if (bytes > JobTags.MAX_LABEL_BYTES) {
            violations.add(
                    "labels",
                    "must have at most " + JobTags.MAX_LABEL_BYTES
                            + " bytes, keys and values together as UTF-8; these have " + bytes);
        }
        return labels;
    }

    private static @Nullable JobId id(
            @Nullable String jobId, @Nullable String key, @Nullable UserId user, Violations violations) {
        if (key != null && !IDEMPOTENCY_KEY.matcher(key).matches()) {
            violations.add("Idempotency-Key", "must be 1 to 255 printable ASCII characters");
            return null;
        }
        if (key != null && jobId != null) {
            violations.add("jobId", "must not be given together with the Idempotency-Key header; send one of them");
            return null;
        }
        if (key != null) {
            return user == null ? null : JobId.derivedFrom(user, key);
        }
        return read("jobId", jobId, JobId::chosenByClient, RANDOM_UUID, violations);
    }

    /** The regions of the request that can also run such a job; empty for all regions. */
    private List<RegionId> allowed(
            @Nullable List<@Nullable String> asked, JobReader.@Nullable Part part, Violations violations) {
        List<RegionId> allowed = regions(asked, violations);
        Set<RegionId> able = part == null || part.payload() == null
                ? Set.of()
                : part.payload().regions();
        if (able.isEmpty()) {
            return allowed;
        }
        List<RegionId> possible = regions.stream().filter(able::contains).toList();
        List<RegionId> both = allowed.isEmpty()
                ? possible
                : possible.stream().filter(allowed::contains).toList();
        if (both.isEmpty()) {
            violations.add("regions", "must have one of the regions that can run this job: " + names(possible));
        }
        return both;
    }

    private List<RegionId> regions(@Nullable List<@Nullable String> asked, Violations violations) {
        List<RegionId> allowed = new ArrayList<>();
        for (int i = 0; asked != null && i < asked.size(); i++) {
            String field = "regions[" + i + "]";
            RegionId region = read(field, asked.get(i), RegionId::new, oneOfTheRegions(), violations);
            if (region == null) {
                continue;
            }
            if (!regions.contains(region)) {
                violations.add(field, oneOfTheRegions());
            } else if (allowed.contains(region)) {
                violations.add(field, "is given twice");
            } else {
                allowed.add(region);
            }
        }
        return allowed;
    }

    private String oneOfTheRegions() {
        return "must be one of " + names(regions);
    }

    private static String names(Collection<RegionId> regions) {
        return regions.stream().map(RegionId::value).collect(Collectors.joining(", "));
    }

    private static @Nullable Duration duration(
            String field, @Nullable String text, Duration max, Violations violations) {
        if (text == null) {
            return null;
        }
        try {
            Duration duration = Duration.parse(text);
            if (duration.compareTo(Duration.ofSeconds(1)) >= 0
                    && duration.compareTo(max) <= 0
                    && duration.truncatedTo(ChronoUnit.SECONDS).equals(duration)) {
                return duration;
            }
            violations.add(field, "must be whole seconds, from PT1S to " + max);
        } catch (DateTimeException e) {
            violations.add(field, "must be an ISO-8601 duration such as PT30M");
        }
        return null;
    }

    private static <T> @Nullable T read(
            String field, @Nullable String text, Function<String, T> reader, String message, Violations violations) {
        if (text == null) {
            return null;
        }
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            violations.add(field, message);
            return null;
        }
    }
}
