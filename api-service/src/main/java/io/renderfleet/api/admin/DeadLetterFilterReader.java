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
import java.lang.reflect.RecordComponent;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Checks the filters of a request about dead letters and reports every invalid one. */
@Component
class DeadLetterFilterReader {
    /** The names of all filters, for messages. */
    static final List<String> NAMES = Arrays.stream(DeadLetterQuery.class.getRecordComponents())
            .map(RecordComponent::getName)
            .toList();

    private final List<RegionId> regions;
    private final List<PoolName> pools;
    private final List<String> queues;

    @Autowired
    DeadLetterFilterReader(FleetSettings fleet, JobQueues queues) {
        this(fleet, queues.deadLetters().stream().map(DeadLetterQueue::name).toList());
    }

    DeadLetterFilterReader(FleetSettings fleet, List<String> queues) {
        this.regions = fleet.regions();
        this.pools = fleet.poolNames();
        this.queues = queues;
    }

    /**
     * Reads the filters of a query. The filter must not be used when there are violations.
     *
     * @param violations gets one entry for each filter that is not valid
     */
    DeadLetterFilter read(DeadLetterQuery query, Violations violations) {
        return new DeadLetterFilter(
                query.messageId(),
                read("jobId", query.jobId(), JobId::of, "must be a UUID", violations),
                read("userId", query.userId(), UserId::new, "must be 1 to 128 printable characters", violations),
                read(
                        "region",
                        query.region(),
                        text -> oneOf(regions, RegionId::value, text),
                        oneOf(regions),
                        violations),
                read(
                        "queue",
                        query.queue(),
                        text -> oneOf(queues, Function.identity(), text),
                        "must be the name of a dead-letter queue, such as " + queues.getFirst(),
                        violations),
                read("pool", query.pool(), text -> oneOf(pools, PoolName::value, text), oneOf(pools), violations),
                read("lane", query.lane(), Lane::valueOf, oneOf(List.of(Lane.values())), violations),
                read(
                        "cause",
                        query.cause(),
                        text -> oneOf(List.of(DeadLetterCause.values()), DeadLetterCause::code, text),
                        "must be one of "
                                + Arrays.stream(DeadLetterCause.values())
                                        .map(DeadLetterCause::code)
                                        .collect(Collectors.joining(", ")),
                        violations),
                duration("olderThan", query.olderThan(), violations),
                duration("youngerThan", query.youngerThan(), violations));
    }

    private static @Nullable Duration duration(String name, @Nullable String text, Violations violations) {
        return read(
                name, text, DeadLetterFilterReader::duration, "must be an ISO-8601 duration such as PT1H", violations);
    }

    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse(text);
            // SQS keeps a message for at most 14 days. The bound keeps the subtraction from the current time valid.
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
            String name, @Nullable String text, Function<String, T> reader, String message, Violations violations) {
        if (text == null) {
            return null;
        }
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            violations.add(name, message);
            return null;
        }
    }
}
