package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromL;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The finished attempts in a job's item: a list, oldest first, of at most {@value #MAX_KEPT}. */
final class StoredAttempts {
    /** Interrupted attempts are not charged, so there can be many. An item of DynamoDB has at most 400 KB. */
    static final int MAX_KEPT = 50;

    private static final String NUMBER = "n";
    private static final String WORKER = "worker";
    private static final String START = "start";
    private static final String END = "end";
    private static final String OUTCOME = "outcome";

    private StoredAttempts() {}

    /** The attempts in an item, oldest first. */
    static List<Attempt> in(Map<String, AttributeValue> item) {
        AttributeValue attempts = item.get(JobItem.ATTEMPTS);
        return attempts == null
                ? List.of()
                : attempts.l().stream()
                        .map(AttributeValue::m)
                        .map(StoredAttempts::read)
                        .toList();
    }

    /**
     * Adds an ended attempt to an update of its job. No other writer changes the attempts while the conditions of the
     * update hold.
     */
    static ConditionalUpdate add(ConditionalUpdate update, Job job, Attempt attempt) {
        List<Attempt> before = job.attempts();
        if (before.size() < MAX_KEPT) {
            return update.append(JobItem.ATTEMPTS, write(attempt));
        }
        List<Attempt> newest = new ArrayList<>(before.subList(before.size() - MAX_KEPT + 1, before.size()));
        newest.add(attempt);
        return update.set(
                JobItem.ATTEMPTS,
                fromL(newest.stream().map(StoredAttempts::write).toList()));
    }

    /**
     * Whether an item has this attempt with this outcome and error, whenever its end was written. The stored forms are
     * compared, so that the answer does not depend on other attributes, which a newer version may have written since.
     */
    static boolean contains(Map<String, AttributeValue> item, Attempt attempt) {
        AttributeValue attempts = item.get(JobItem.ATTEMPTS);
        Map<String, AttributeValue> wanted = withoutEnd(write(attempt));
        return attempts != null
                && attempts.l().stream().anyMatch(stored -> withoutEnd(stored).equals(wanted));
    }

    private static Map<String, AttributeValue> withoutEnd(AttributeValue attempt) {
        Map<String, AttributeValue> map = new HashMap<>(attempt.m());
        map.remove(END);
        return map;
    }

    private static AttributeValue write(Attempt attempt) {
        Map<String, AttributeValue> map = new HashMap<>();
        map.put(NUMBER, JobItem.number(attempt.number()));
        map.put(JobItem.REGION, fromS(attempt.region().value()));
        map.put(WORKER, fromS(attempt.worker().value()));
        map.put(START, JobItem.time(attempt.startedAt()));
        map.put(END, JobItem.time(attempt.endedAt()));
        map.put(OUTCOME, fromS(attempt.outcome().name()));
        if (attempt.error() != null) {
            map.put(JobItem.ERROR_CODE, fromS(attempt.error().code()));
            map.put(JobItem.ERROR_MESSAGE, fromS(attempt.error().message()));
        }
        return fromM(map);
    }

    private static Attempt read(Map<String, AttributeValue> map) {
        return new Attempt(
                JobItem.integer(map, NUMBER),
                new RegionId(JobItem.text(map, JobItem.REGION)),
                new WorkerId(JobItem.text(map, WORKER)),
                Timestamps.read(JobItem.text(map, START)),
                Timestamps.read(JobItem.text(map, END)),
                Attempt.Outcome.valueOf(JobItem.text(map, OUTCOME)),
                JobItem.error(map));
    }
}
