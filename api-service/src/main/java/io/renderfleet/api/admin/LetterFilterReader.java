package io.renderfleet.api.admin;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.Violations;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Reads the texts of a filter, from a query or from a body, and says all that is wrong with them. */
@Component
class LetterFilterReader {
    /** What every filter may name. */
    static final List<String> NAMES = List.of(
            "messageId", "jobId", "userId", "region", "queue", "pool", "lane", "cause", "olderThan", "youngerThan");

    private final List<RegionId> regions;
    private final List<PoolName> pools;
    private final List<String> queues;

    @Autowired
    LetterFilterReader(FleetSettings fleet, JobQueues queues) {
        this(fleet, queues.deadLetters().stream().map(DeadLetterQueue::name).toList());
    }

    LetterFilterReader(FleetSettings fleet, List<String> queues) {
        this.regions = fleet.regions();
        this.pools = fleet.poolNames();
        this.queues = queues;
    }

    /** @param texts by name; null for what is not given */
    LetterFilter read(Function<String, @Nullable String> texts, Violations violations) {
        return new LetterFilter(
                texts.apply("messageId"),
                read("jobId", texts, JobId::of, "must be a UUID", violations),
                read("userId", texts, UserId::new, "must be 1 to 128 printable characters", violations),
                read("region", texts, text -> oneOf(regions, RegionId::value, text), oneOf(regions), violations),
                read(
                        "queue",
                        texts,
                        text -> oneOf(queues, Function.identity(), text),
                        "must be the name of a dead-letter queue, such as " + queues.getFirst(),
                        violations),
                read("pool", texts, text -> oneOf(pools, PoolName::value, text), oneOf(pools), violations),
                read("lane", texts, Lane::valueOf, oneOf(List.of(Lane.values())), violations),
                read(
                        "cause",
                        texts,
                        text -> oneOf(List.of(LetterCause.values()), LetterCause::code, text),
                        "must be one of "
                                + Arrays.stream(LetterCause.values())
                                        .map(LetterCause::code)
                                        .collect(Collectors.joining(", ")),
                        violations),
                duration("olderThan", texts, violations),
                duration("youngerThan", texts, violations));
    }

    private static @Nullable Duration duration(
            String name, Function<String, @Nullable String> texts, Violations violations) {
        return read(name, texts, LetterFilterReader::duration, "must be an ISO-8601 duration such as PT1H", violations);
    }

    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse(text);
            // SQS keeps nothing longer than two weeks; far more than that would leave the calendar.
            if (!duration.isNegative() && duration.compareTo(Duration.ofDays(365)) <= 0) {
                return duration;
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
        }
        throw new IllegalArgumentException("out of range");
    }

    private static <T> T oneOf(List<T> all, Function<T, String> name, String text) {
        return all.stream()
                .filter(one -> name.apply(one).equals(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new);
    }

    private static String oneOf(List<?> all) {
        return "must be one of " + all.stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    private static <T> @Nullable T read(
            String name,
            Function<String, @Nullable String> texts,
            Function<String, T> reader,
            String otherwise,
            Violations violations) {
        String text = texts.apply(name);
        if (text == null) {
            return null;
        }
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            violations.add(name, otherwise);
            return null;
        }
    }
}
