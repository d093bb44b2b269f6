package io.renderfleet.completion;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.FleetTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Carries completion events between the instances of the API, in the fleet table. One item, the directory, names the
 * instances that have listeners and the writers. Each writer numbers its events from 0, with one item for each event,
 * so that a reader that knows the number of the last event reads the next one by its key. Events expire after five
 * minutes.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class LiveFeed {
    private static final Duration EVENT_LIFE = Duration.ofMinutes(5);

    /** Entries of the directory are removed when they have been expired for this long. */
    private static final Duration FORGET_AFTER = Duration.ofMinutes(10);

    private static final Map<String, AttributeValue> DIRECTORY = Map.of(FleetTable.ID, fromS("live"));
    private static final String LISTENER = "listener-";
    private static final String WRITER = "writer-";
    private static final String NEXT = "next-";
    private static final String EVENT = "event";

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;

    /** @param env the deployment's name, which is part of the table's name */
    public LiveFeed(DynamoDbClient client, String env, Clock clock) {
        this.client = client;
        this.table = FleetTable.name(env);
        this.clock = clock;
    }

    /**
     * The instances and the writers that are not expired.
     *
     * @param listeners the instances that have listeners
     * @param writers the number of the next event of each writer when it was last announced
     * @param expired the attributes of entries that can be removed
     */
    public record Directory(List<String> listeners, Map<String, Long> writers, List<String> expired) {}

    /** The directory. Half a read unit. */
    public Directory directory() {
        Map<String, AttributeValue> item = client.getItem(
                        request -> request.tableName(table).key(DIRECTORY))
                .item();
        Instant now = clock.instant();
        List<String> listeners = new ArrayList<>();
        Map<String, Long> writers = new HashMap<>();
        List<String> expired = new ArrayList<>();
        item.forEach((name, value) -> {
            if (!name.startsWith(LISTENER) && !name.startsWith(WRITER)) {
                return;
            }
            Instant until = Instant.ofEpochSecond(Long.parseLong(value.n()));
            String id = name.substring(name.indexOf('-') + 1);
            if (!until.isAfter(now.minus(FORGET_AFTER))) {
                expired.add(name);
                if (name.startsWith(WRITER)) {
                    expired.add(NEXT + id);
                }
            } else if (until.isAfter(now) && name.startsWith(LISTENER)) {
                listeners.add(id);
            } else if (until.isAfter(now)) {
                AttributeValue next = item.get(NEXT + id);
                writers.put(id, next == null ? 0L : Long.parseLong(next.n()));
            }
        });
        return new Directory(listeners, writers, expired);
    }

    /**
     * Announces that an instance has listeners.
     *
     * @param known a directory that was read before, whose expired entries are removed
     */
    public void announceListener(String instance, Duration life, Directory known) {
        update(Map.of(LISTENER + instance, until(life)), known);
    }

    /**
     * Announces a writer, before it writes its first event and then from time to time.
     *
     * @param next the number of its next event
     */
    public void announceWriter(String writer, long next, Duration life, Directory known) {
        update(Map.of(WRITER + writer, until(life), NEXT + writer, fromN(Long.toString(next))), known);
    }

    private AttributeValue until(Duration life) {
        return fromN(Long.toString(clock.instant().plus(life).getEpochSecond()));
    }

    private void update(Map<String, AttributeValue> entries, Directory known) {
        Map<String, String> names = new HashMap<>();
        Map<String, AttributeValue> values = new HashMap<>();
        List<String> sets = new ArrayList<>();
        List<String> removes = new ArrayList<>();
        entries.forEach((name, value) -> {
            String number = Integer.toString(names.size());
            names.put("#n" + number, name);
            values.put(":v" + number, value);
            sets.add("#n" + number + " = :v" + number);
        });
        for (String name : known.expired()) {
            if (!entries.containsKey(name)) {
                String alias = "#n" + names.size();
                names.put(alias, name);
                removes.add(alias);
            }
        }
        String expression =
                "SET " + String.join(", ", sets) + (removes.isEmpty() ? "" : " REMOVE " + String.join(", ", removes));
        client.updateItem(request -> request.tableName(table)
                .key(DIRECTORY)
                .updateExpression(expression)
                .expressionAttributeNames(names)
                .expressionAttributeValues(values));
    }

    /**
     * Writes an event. Costs a write unit for each KB.
     *
     * @param number the writer's next number; a number is never used for two events
     */
    public void write(String writer, long number, CompletionEvent event) {
        long expiry = clock.instant().plus(EVENT_LIFE).getEpochSecond();
        client.updateItem(request -> request.tableName(table)
                .key(key(writer, number))
                .updateExpression("SET #event = :event, #expiry = :expiry")
                .expressionAttributeNames(Map.of("#event", EVENT, "#expiry", FleetTable.EXPIRES_AT))
                .expressionAttributeValues(
                        Map.of(":event", fromS(event.toJson()), ":expiry", fromN(Long.toString(expiry)))));
    }

    /**
     * Reads an event of a writer.
     *
     * @return empty when it is not there yet, or has expired
     */
    public Optional<CompletionEvent> read(String writer, long number, boolean consistent) {
        @Nullable
        AttributeValue event = client.getItem(request ->
                        request.tableName(table).key(key(writer, number)).consistentRead(consistent))
                .item()
                .get(EVENT);
        return Optional.ofNullable(event).flatMap(value -> CompletionEvent.of(value.s()));
    }

    private static Map<String, AttributeValue> key(String writer, long number) {
        return Map.of(FleetTable.ID, fromS("live#" + writer + "#" + number));
    }
}
