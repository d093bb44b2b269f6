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
 * Decides whether it is the turn of a job with an ordering key, that is, whether every preceding job in the chain is
 * over. A job that is over does not prove that those before it are, unless its own turn had come. The search therefore
 * continues past jobs that were cancelled, failed or moved to the end of the chain before their turn.
 */
final class KeyTurn {
    /** The most jobs that one claim reads; the next claim continues where this one stopped. */
    private static final int MAX_STEPS = 25;

    /** The most former positions that are stored for a job. No user retries one job this often before its turn. */
    private static final int MAX_PAST = 100;

    private final JobDatabase database;

    KeyTurn(JobDatabase database) {
        this.database = database;
    }

    /** A job at the position that it had when it preceded another job. */
    private record Link(JobId job, long sequence) {}

    /** The unfinished job that this one must wait for, or one that precedes it; empty when its turn has come. */
    Optional<Job> unfinishedBefore(Map<String, AttributeValue> waiting) {
        Link next = before(waiting, JobItem.sequence(waiting)).orElse(null);
        for (int steps = 0; next != null; steps++) {
            // A job that does not exist has expired, long after all jobs before it.
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

    /** The link to the preceding job at one of its positions; empty when its turn at that position had come. */
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

    /** Stores how far the search came, for the next claim. No effect when the job was changed in the meantime. */
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

    /**
     * The former positions of a job and its current one, for the jobs that followed it there; null when there are none.
     */
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
