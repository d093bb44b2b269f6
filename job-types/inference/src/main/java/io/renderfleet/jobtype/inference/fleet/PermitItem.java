package io.renderfleet.jobtype.inference.fleet;

import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The item of a quota domain: {@code permits#<pool>#<domain>}. In every state of the item, {@code free} and the permits
 * of all holders are {@code total} together, and {@code freeRate} and the rates of all holders are 1000.
 *
 * @param total the concurrency of the domain
 * @param free the permits that no worker holds; negative while the workers hold more than a lower total
 * @param freeRate the part of the rates that no worker holds, in thousandths
 * @param holders the workers that hold something, or need something, by their ids
 */
record PermitItem(int total, int free, int freeRate, Map<String, Holding> holders) {
    static final String TOTAL = "total";
    static final String FREE = "free";
    static final String FREE_RATE = "freeRate";
    private static final String HOLDER = "holder#";

    PermitItem {
        holders = Map.copyOf(holders);
    }

    static String id(String pool, String domain) {
        return "permits#" + pool + "#" + domain;
    }

    static String attribute(String worker) {
        return HOLDER + worker;
    }

    static PermitItem read(Map<String, AttributeValue> item) {
        Map<String, Holding> holders = new TreeMap<>();
        item.forEach((name, value) -> {
            if (name.startsWith(HOLDER)) {
                holders.put(name.substring(HOLDER.length()), Holding.read(value));
            }
        });
        return new PermitItem(
                (int) FleetItems.number(item, TOTAL),
                (int) FleetItems.number(item, FREE),
                (int) FleetItems.number(item, FREE_RATE),
                holders);
    }
}
