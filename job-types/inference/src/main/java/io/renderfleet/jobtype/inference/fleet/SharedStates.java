package io.renderfleet.jobtype.inference.fleet;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.jobtype.inference.keys.Transition;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The item {@code keys#<pool>}: what workers learnt about keys and domains, and what operators asked for. An attribute for
 * each fact, such as {@code cooling#<domain>} or {@code operator#<key>}; a key or domain about which there is nothing to
 * say has none. It contains nothing of a secret.
 */
final class SharedStates {
    static final String COOLING = "cooling#";
    static final String EXHAUSTED = "exhausted#";
    static final String INVALID = "invalid#";
    static final String OPERATOR = "operator#";
    static final String PROBE = "probe#";
    static final String ROTATE = "rotate#";
    static final String VERIFY = "verify#";

    static final String AT = "at";
    static final String WHY = "why";
    static final String UNTIL = "until";
    static final String STATE = "state";
    static final String BY = "by";
    static final String OK = "ok";
    static final String REQUESTED_AT = "requestedAt";
    private static final String TIMES = "times";
    static final String RECOVERED = "recovered";
    /** So that the item stays small. */
    private static final int LONGEST_WHY = 120;

    private static final Logger log = LoggerFactory.getLogger(SharedStates.class);

    private final FleetItems items;
    private final String id;
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();
    private volatile Map<String, AttributeValue> known = Map.of();

    SharedStates(FleetItems items, String pool) {
        this.items = items;
        this.id = "keys#" + pool;
    }

    /** Reads the item. */
    void refresh() {
        known = items.get(id);
    }

    /** The fields of a fact as last read; empty if there is none. */
    Map<String, AttributeValue> fact(String kind, String name) {
        return fields(known, kind + name);
    }

    /** The fields of an attribute that is a map; empty if there is none. */
    static Map<String, AttributeValue> fields(Map<String, AttributeValue> item, String attribute) {
        AttributeValue fact = item.get(attribute);
        return fact == null || !fact.hasM() ? Map.of() : fact.m();
    }

    /** What was last read, oldest first, for {@link io.renderfleet.jobtype.inference.keys.KeyPool#merge}. */
    List<Transition> transitions() {
        List<Transition> transitions = new ArrayList<>();
        known.forEach((attribute, value) -> {
            int end = attribute.indexOf('#') + 1;
            if (end > 0 && value.hasM()) {
                try {
                    read(attribute.substring(0, end), attribute.substring(end), value.m())
                            .ifPresent(transitions::add);
                } catch (IllegalArgumentException | DateTimeException e) {
                    // Perhaps from a newer version. It must not hide the others.
                    if (unreadable.add(attribute)) {
                        log.warn("The fact {} of the item {} cannot be read and is ignored", attribute, id, e);
                    }
                }
            }
        });
        transitions.sort(Comparator.comparing(Transition::at));
        return transitions;
    }

    private static Optional<Transition> read(String kind, String name, Map<String, AttributeValue> fields) {
        Instant at = FleetItems.time(fields, AT);
        Instant until = FleetItems.time(fields, UNTIL);
        int times = (int) FleetItems.number(fields, TIMES);
        String why = FleetItems.text(fields, WHY);
        return Optional.ofNullable(
                switch (kind) {
                    case COOLING ->
                        fields.containsKey(RECOVERED)
                                ? new Transition.DomainRecovered(new DomainName(name), until, at, why)
                                : new Transition.DomainCooling(new DomainName(name), until, times, at, why);
                    case EXHAUSTED ->
                        new Transition.KeyChanged(new KeyId(name), KeyState.EXHAUSTED, until, times, at, why);
                    case INVALID -> new Transition.KeyChanged(new KeyId(name), KeyState.INVALID, null, 0, at, why);
                    case OPERATOR ->
                        new Transition.KeyChanged(
                                new KeyId(name), KeyState.valueOf(FleetItems.text(fields, STATE)), null, 0, at, why);
                    default -> null;
                });
    }

    /** Writes what this worker saw, unless the item says so or something newer already. */
    void write(Transition seen) {
        switch (seen) {
            case Transition.DomainCooling cooling -> {
                String attribute = COOLING + cooling.domain();
                putLater(attribute, UNTIL, cooling.until(), fields(cooling, cooling.until(), cooling.trips()));
            }
            case Transition.DomainRecovered recovered -> {
                String attribute = COOLING + recovered.domain();
                known = items.write(id)
                        .setField(attribute, RECOVERED, fromBool(true))
                        .remove(PROBE + recovered.domain())
                        .whenField(attribute, UNTIL, FleetItems.time(recovered.until()))
                        .apply()
                        .item();
            }
            case Transition.KeyChanged changed -> write(changed);
        }
    }

    private void write(Transition.KeyChanged changed) {
        Instant until = changed.until();
        switch (changed.state()) {
            case EXHAUSTED -> {
                Instant end = until == null ? changed.at() : until;
                putLater(EXHAUSTED + changed.key(), UNTIL, end, fields(changed, end, changed.times()));
            }
            case INVALID -> putLater(INVALID + changed.key(), AT, changed.at(), fields(changed, null, 0));
            case ACTIVE, DISABLED, DRAINING -> operate(changed.key(), changed.state(), changed.at(), changed.why());
            case COOLING, PROBING ->
                throw new IllegalArgumentException(changed.state() + " is no state of a key alone");
        }
    }

    private static Map<String, AttributeValue> fields(Transition seen, @Nullable Instant until, int times) {
        Map<String, AttributeValue> fields = new HashMap<>();
        fields.put(AT, FleetItems.time(seen.at()));
        fields.put(WHY, fromS(shortened(seen.why())));
        if (until != null) {
            fields.put(UNTIL, FleetItems.time(until));
        }
        if (times > 0) {
            fields.put(TIMES, FleetItems.number(times));
        }
        return fields;
    }

    private static String shortened(String why) {
        return why.length() <= LONGEST_WHY ? why : why.substring(0, LONGEST_WHY - 1) + "…";
    }

    private void putLater(String attribute, String order, Instant value, Map<String, AttributeValue> fields) {
        AttributeValue stored = FleetItems.time(value);
        if (FleetItems.text(fields(known, attribute), order).compareTo(stored.s()) >= 0) {
            return;
        }
        known = items.write(id)
                .set(attribute, fromM(fields))
                .whenAbsentOrLess(attribute, order, stored)
                .apply()
                .item();
    }

    /** Records what an operator decided. ACTIVE also ends EXHAUSTED and INVALID. */
    void operate(KeyId key, KeyState state, Instant at, String why) {
        String attribute = OPERATOR + key;
        var write = items.write(id)
                .set(
                        attribute,
                        fromM(Map.of(
                                STATE, fromS(state.name()),
                                AT, FleetItems.time(at),
                                WHY, fromS(shortened(why)))))
                .whenAbsentOrLess(attribute, AT, FleetItems.time(at));
        if (state == KeyState.ACTIVE) {
            write.remove(EXHAUSTED + key).remove(INVALID + key);
        }
        known = write.apply().item();
    }

    /** Asks all workers to read the secret again. The key is no longer INVALID for its former secret. */
    void rotate(KeyId key, Instant at) {
        known = items.write(id)
                .set(ROTATE + key, fromM(Map.of(AT, FleetItems.time(at))))
                .remove(INVALID + key)
                .apply()
                .item();
    }

    /** Says that another secret was found for a key that was INVALID. */
    void forgetInvalid(KeyId key) {
        Map<String, AttributeValue> invalid = fact(INVALID, key.value());
        if (!invalid.isEmpty()) {
            known = items.write(id)
                    .remove(INVALID + key)
                    .when(INVALID + key, fromM(invalid))
                    .apply()
                    .item();
        }
    }

    /**
     * Lets this worker alone test a domain after its cool-down.
     *
     * @param until when another worker may do so
     * @return whether this worker may
     */
    boolean claimProbe(DomainName domain, String worker, Instant now, Instant until) {
        Map<String, AttributeValue> cooling = fact(COOLING, domain.value());
        if (cooling.isEmpty()) {
            // Its cool-down is not stored yet.
            return false;
        }
        Map<String, AttributeValue> probe = fact(PROBE, domain.value());
        String by = FleetItems.text(probe, BY);
        boolean own = by.equals(worker);
        if (!probe.isEmpty() && !own && FleetItems.time(probe, UNTIL).isAfter(now)) {
            return false;
        }
        String attribute = PROBE + domain;
        var write = items.write(id)
                .set(attribute, fromM(Map.of(BY, fromS(worker), UNTIL, FleetItems.time(until))))
                .when(COOLING + domain, fromM(cooling));
        var result = (own ? write.whenField(attribute, BY, fromS(worker)) : whenFree(write, attribute, now)).apply();
        known = result.item();
        return result.applied();
    }

    private static FleetItems.Write whenFree(FleetItems.Write write, String attribute, Instant now) {
        return write.whenAbsentOrLess(attribute, UNTIL, FleetItems.time(now));
    }

    /** Lets another worker test the domain, because this one has no call for it. */
    void releaseProbe(DomainName domain, String worker) {
        String attribute = PROBE + domain;
        known = items.write(id)
                .remove(attribute)
                .whenField(attribute, BY, fromS(worker))
                .apply()
                .item();
    }

    /** Asks one worker to verify a key. */
    void requestVerification(KeyId key, Instant at) {
        known = items.write(id)
                .set(VERIFY + key, fromM(Map.of(REQUESTED_AT, FleetItems.time(at))))
                .apply()
                .item();
    }

    /** Lets this worker alone verify a key that an operator asked for; false if another one does. */
    boolean claimVerification(KeyId key, String worker, AttributeValue requestedAt) {
        var result = items.write(id)
                .setField(VERIFY + key, BY, fromS(worker))
                .whenField(VERIFY + key, REQUESTED_AT, requestedAt)
                .whenFieldAbsent(VERIFY + key, BY)
                .apply();
        known = result.item();
        return result.applied();
    }

    /** Records the outcome of a verification that this worker claimed. */
    void verified(KeyId key, String worker, Map<String, AttributeValue> outcome) {
        known = items.write(id)
                .set(VERIFY + key, fromM(outcome))
                .whenField(VERIFY + key, BY, fromS(worker))
                .apply()
                .item();
    }
}
