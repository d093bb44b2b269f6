package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Binary;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The partition key of a table or an index, and the sort key where there is one. */
record KeySchema(Attribute hash, Optional<Attribute> range) {
    static final int MAX_HASH = 2048;
    static final int MAX_RANGE = 1024;

    /** A key attribute and its type: {@code S}, {@code N} or {@code B}. */
    record Attribute(String name, String type) {}

    List<Attribute> attributes() {
        return range.map(sort -> List.of(hash, sort)).orElse(List.of(hash));
    }

    List<String> names() {
        return attributes().stream().map(Attribute::name).toList();
    }

    boolean contains(String attribute) {
        return hash.name().equals(attribute)
                || range.map(sort -> sort.name().equals(attribute)).orElse(false);
    }

    /** Whether the item has all key attributes. Items without them are not in the index. */
    boolean isIn(Map<String, AttributeValue> item) {
        return item.containsKey(hash.name())
                && range.map(sort -> item.containsKey(sort.name())).orElse(true);
    }

    /** The key of an item that has one. */
    Key of(Map<String, AttributeValue> item) {
        Key partition = Key.partition(value(item, hash));
        return range.map(sort -> partition.with(value(item, sort))).orElse(partition);
    }

    Map<String, AttributeValue> keyOf(Map<String, AttributeValue> item) {
        var key = new LinkedHashMap<String, AttributeValue>();
        for (Attribute attribute : attributes()) {
            key.put(attribute.name(), value(item, attribute));
        }
        return key;
    }

    /** Checks that a key of a request has exactly these attributes with these types. */
    void checkKey(Map<String, AttributeValue> key) {
        boolean matches = key.size() == attributes().size()
                && attributes().stream().allMatch(attribute -> {
                    AttributeValue value = key.get(attribute.name());
                    return value != null && value.type().equals(attribute.type());
                });
        if (!matches) {
            throw ServiceException.validation("The provided key element does not match the schema");
        }
        checkValues(key);
    }

    /** Checks the key attributes of an item before it is stored. */
    void checkItem(Map<String, AttributeValue> item) {
        for (Attribute attribute : attributes()) {
            AttributeValue value = item.get(attribute.name());
            if (value == null) {
                throw ServiceException.invalidParameter("Missing the key " + attribute.name() + " in the item");
            }
            if (!value.type().equals(attribute.type())) {
                throw ServiceException.invalidParameter("Type mismatch for key " + attribute.name() + " expected: "
                        + attribute.type() + " actual: " + value.type());
            }
        }
        checkValues(item);
    }

    private void checkValues(Map<String, AttributeValue> item) {
        for (Attribute attribute : attributes()) {
            AttributeValue value = value(item, attribute);
            if (isEmpty(value)) {
                throw ServiceException.validation(
                        "One or more parameter values are not valid. The AttributeValue for a "
                                + "key attribute cannot contain an empty "
                                + (value instanceof Text ? "string" : "binary")
                                + " value. Key: " + attribute.name());
            }
            boolean isHash = attribute.equals(hash);
            int most = isHash ? MAX_HASH : MAX_RANGE;
            if (ItemSize.of(value) > most) {
                throw ServiceException.invalidParameter(
                        isHash
                                ? "Size of hashkey has exceeded the maximum size limit of 2048 bytes"
                                : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
            }
        }
    }

    static boolean isEmpty(AttributeValue value) {
        return (value instanceof Text || value instanceof Binary) && value.sortBytes().length == 0;
    }

    private static AttributeValue value(Map<String, AttributeValue> item, Attribute attribute) {
        AttributeValue value = item.get(attribute.name());
        if (value == null) {
            throw new IllegalStateException("The item has no " + attribute.name() + ".");
        }
        return value;
    }
}
