package io.renderfleet.bench.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class WriteUnitsTests {
    private static final Map<String, AttributeValue> NONE = Map.of();

    @Test
    void areOneForTheItemAndOneForEachIndexItIsNewIn() {
        assertThat(WriteUnits.of(NONE, open())).isEqualTo(3);
    }

    @Test
    void areOneWhenNoIndexChanges() {
        assertThat(WriteUnits.of(open(), with(open(), "status", fromS("PROCESSING"))))
                .isEqualTo(1);
    }

    @Test
    void areOneMoreWhenTheItemLeavesAnIndex() {
        Map<String, AttributeValue> closed = new HashMap<>(open());
        closed.remove("checkShard");
        closed.remove("checkAt");

        assertThat(WriteUnits.of(open(), closed)).isEqualTo(2);
    }

    @Test
    void areTwoMoreWhenAnIndexKeyChanges() {
        assertThat(WriteUnits.of(open(), with(open(), "checkAt", fromS("2026-01-02T00:00:00.000Z"))))
                .isEqualTo(3);
    }

    @Test
    void countStartedKibibytesOfTheLargerItem() {
        Map<String, AttributeValue> large = with(open(), "spec", fromS("x".repeat(1024)));

        assertThat(WriteUnits.of(open(), large)).isEqualTo(2);
        assertThat(WriteUnits.of(large, open())).isEqualTo(2);
    }

    @Test
    void areOneAtLeast() {
        assertThat(WriteUnits.of(NONE, NONE)).isEqualTo(1);
    }

    private static Map<String, AttributeValue> open() {
        return Map.of(
                "jobId", fromS("6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31"),
                "userId", fromS("user-1"),
                "createdAt", fromS("2026-01-01T00:00:00.000Z"),
                "checkShard", fromN("3"),
                "checkAt", fromS("2026-01-01T00:05:00.000Z"),
                "status", fromS("PENDING"));
    }

    private static Map<String, AttributeValue> with(
            Map<String, AttributeValue> item, String name, AttributeValue value) {
        Map<String, AttributeValue> changed = new HashMap<>(item);
        changed.put(name, value);
        return changed;
    }
}
