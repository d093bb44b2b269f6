package io.renderfleet.jobtype.inference.fleet;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;

import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What one worker holds of a quota domain.
 *
 * @param permits the calls that it may make at the same time
 * @param rate its part of the domain's rates, in thousandths
 * @param want the permits that it needs, 0 if it needs none
 * @param limit the concurrency of the domain in its settings
 * @param until when its lease ends, in milliseconds precision
 */
record Holding(int permits, int rate, int want, int limit, Instant until) {
    /** Of all rates. */
    static final int ALL = 1000;

    static final Holding NOTHING = new Holding(0, 0, 0, Integer.MAX_VALUE, Instant.MIN);

    /** Whether the item has it. */
    boolean isStored() {
        return until.isAfter(Instant.MIN);
    }

    AttributeValue stored() {
        return fromM(Map.of(
                "n", FleetItems.number(permits),
                "rate", FleetItems.number(rate),
                "want", FleetItems.number(want),
                "limit", FleetItems.number(limit),
                "until", FleetItems.time(until)));
    }

    static Holding read(AttributeValue stored) {
        Map<String, AttributeValue> fields = stored.m();
        return new Holding(
                (int) FleetItems.number(fields, "n"),
                (int) FleetItems.number(fields, "rate"),
                (int) FleetItems.number(fields, "want"),
                (int) FleetItems.number(fields, "limit"),
                FleetItems.time(fields, "until"));
    }
}
