package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Whose turn it is among the jobs of an ordering key: a job's, once every job before it in the chain is over. One that
 * is over tells nothing of those before it unless it had its turn itself, so whoever waits looks on past jobs that were
 * cancelled, failed or went to the end of the chain without it.
 */
final class KeyTurn {
    /** Jobs looked at in one go; the next claim goes on from where this one came to. */
    private static final int MAX_STEPS = 25;

    /** Places that a job keeps in mind. Nobody cancels and retries one job that often before its turn. */
    private static final int MAX_PAST = 100;

    private final JobDatabase database;

    KeyTurn(JobDatabase database) {
        this.database = database;
    }

    /** A job at the place that it had when it was put before another. */
    private record Link(JobId job, long sequence) {}

    /** The job that this one has to wait for, or one not far behind it; empty when its turn has come. */
    Optional<Job> unfinishedBefore(Map<String, AttributeValue> waiting) {
        Link next = before(waiting, JobItem.sequence(waiting)).orElse(null);
        for (int steps = 0; next != null; steps++) {
            // A job that is gone expired, long after everything before it.
            Map<String, AttributeValue> item = database.item(next.job()).orElse(null);
            if (item == null) {
                return Optional.empty();
            }
            boolean blocks = JobItem.sequence(item) == next.sequence()
                    && !JobItem.status(item).isTerminal();
            if (blocks || steps == MAX_STEPS) {
                if (steps > 0) {
                    remember(waiting, next);
                }
                return Optional.of(JobItem.read(item));
            }
            next = before(item, next.sequence()).orElse(null);
        }
        return Optional.empty();
    }

    /** What came before a job at a place of its, as long as its turn there has not come. */
    private static Optional<Link> before(Map<String, AttributeValue> item, long sequence) {
        if (JobItem.sequence(item) == sequence) {
            return link(item, sequence);
        }
        AttributeValue past = item.get(JobItem.PAST);
        return Optional.ofNullable(past == null ? null : past.m().get(Long.toString(sequence)))
                .flatMap(at -> link(at.m(), sequence));
    }

    private static Optional<Link> link(Map<String, AttributeValue> at, long sequence) {
        AttributeValue after = at.get(JobItem.AFTER);
        AttributeValue afterSequence = at.get(JobItem.AFTER_SEQUENCE);
        return after == null
                ? Optional.empty()
                : Optional.of(new Link(
                        JobId.of(after.s()), afterSequence == null ? sequence - 1 : Long.parseLong(afterSequence.n())));
    }

    /** Saves the next claim the way to here; when somebody moved the job meanwhile, it goes that way once more. */
    private void remember(Map<String, AttributeValue> waiting, Link link) {
        ConditionalUpdate update = new ConditionalUpdate()
                .when(JobItem.SEQUENCE, JobItem.number(JobItem.sequence(waiting)))
                .when(JobItem.AFTER, Objects.requireNonNull(waiting.get(JobItem.AFTER)))
                .set(JobItem.AFTER, fromS(link.job().toString()))
                .set(JobItem.AFTER_SEQUENCE, JobItem.number(link.sequence()));
        var _ = database.apply(
                update,
                JobId.of(Objects.requireNonNull(waiting.get(JobTable.JOB_ID)).s()));
    }

    /** The places a job had, with the present one, for those who were put behind it there; null when it has none. */
    static @Nullable AttributeValue past(Map<String, AttributeValue> item) {
        AttributeValue known = item.get(JobItem.PAST);
        AttributeValue after = item.get(JobItem.AFTER);
        if (after == null) {
            return known;
        }
        Map<String, AttributeValue> past = new HashMap<>(known == null ? Map.of() : known.m());
        if (past.size() == MAX_PAST) {
            past.keySet().stream()
                    .min((one, other) -> Long.compare(Long.parseLong(one), Long.parseLong(other)))
                    .ifPresent(past::remove);
        }
        Map<String, AttributeValue> at = new HashMap<>(Map.of(JobItem.AFTER, after));
        AttributeValue afterSequence = item.get(JobItem.AFTER_SEQUENCE);
        if (afterSequence != null) {
            at.put(JobItem.AFTER_SEQUENCE, afterSequence);
        }
        past.put(Long.toString(JobItem.sequence(item)), fromM(at));
        return fromM(past);
    }
}
