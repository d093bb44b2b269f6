package io.renderfleet.localaws.dynamodb;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The source of a read: a table or one of its indexes. */
record ReadSource(Table table, @Nullable SecondaryIndex index) {
    static final String INVALID_START_KEY = "The provided starting key is invalid";

    static ReadSource of(Table table, Request request) {
        String name = request.text("IndexName");
        if (name == null) {
            return new ReadSource(table, null);
        }
        SecondaryIndex index = table.index(name)
                .orElseThrow(() -> ServiceException.validation("The table does not have the specified index: " + name));
        if (!index.schema().local() && request.bool("ConsistentRead", false)) {
            throw ServiceException.validation("Consistent reads are not supported on global secondary indexes");
        }
        return new ReadSource(table, index);
    }

    /** The default of the parameter {@code Select}. */
    String everything() {
        return index == null ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
    }

    @Nullable
    IndexSchema schema() {
        return index == null ? null : index.schema();
    }

    KeySchema key() {
        return index == null ? table.key() : index.schema().key();
    }

    /** The attributes of a starting key: those of the index key and of the table's. */
    Map<String, AttributeValue> startKey(Map<String, AttributeValue> item) {
        var key = new LinkedHashMap<>(table.key().keyOf(item));
        key.putAll(key().keyOf(item));
        return key;
    }

    /** The key that a client continues from. */
    Key keyOf(Map<String, AttributeValue> startKey) {
        var names = new LinkedHashSet<>(table.key().names());
        names.addAll(key().names());
        try {
            var tableKey = new LinkedHashMap<String, AttributeValue>();
            table.key().names().forEach(name -> put(tableKey, name, startKey.get(name)));
            table.key().checkKey(tableKey);
            var own = new LinkedHashMap<String, AttributeValue>();
            key().names().forEach(name -> put(own, name, startKey.get(name)));
            key().checkKey(own);
        } catch (ServiceException e) {
            throw ServiceException.validation(INVALID_START_KEY + ": " + e.text());
        }
        if (!startKey.keySet().equals(names)) {
            throw ServiceException.validation(INVALID_START_KEY);
        }
        SecondaryIndex of = index;
        return of == null ? table.key().of(startKey) : of.entryKey(startKey);
    }

    private static void put(Map<String, AttributeValue> key, String name, @Nullable AttributeValue value) {
        if (value != null) {
            key.put(name, value);
        }
    }
}
