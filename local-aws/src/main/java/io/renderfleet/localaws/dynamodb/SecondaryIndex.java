package io.renderfleet.localaws.dynamodb;

import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a secondary index. An entry holds the bytes of its whole item, which it shares with the table; reads
 * project them. Its key is the index key followed by the table's, since index keys may be shared.
 */
final class SecondaryIndex {
    private final ConcurrentNavigableMap<Key, byte[]> entries = new ConcurrentSkipListMap<>();
    private final IndexSchema schema;
    private final KeySchema tableKey;
    private final IndexUpdates updates;

    SecondaryIndex(IndexSchema schema, KeySchema tableKey, IndexUpdates updates) {
        this.schema = schema;
        this.tableKey = tableKey;
        this.updates = updates;
    }

    IndexSchema schema() {
        return schema;
    }

    /** Applies a write of an item. The item's lock ensures that writes of one item are applied in order. */
    void update(
            Key itemKey,
            @Nullable Map<String, AttributeValue> before,
            @Nullable Map<String, AttributeValue> after,
            byte @Nullable [] encoded) {
        Key oldKey = before != null && schema.key().isIn(before) ? entryKey(before, itemKey) : null;
        Key newKey = after != null && schema.key().isIn(after) ? entryKey(after, itemKey) : null;
        if (oldKey == null && newKey == null) {
            return;
        }
        updates.run(() -> {
            // In this order, so that a reader does not miss an item that has an entry before and after.
            if (newKey != null && encoded != null) {
                entries.put(newKey, encoded);
            }
            if (oldKey != null && (newKey == null || !newKey.equals(oldKey))) {
                entries.remove(oldKey);
            }
        });
    }

    SortedMap<Key, byte[]> range(Key from, Key to, boolean forward) {
        return range(entries, from, to, forward);
    }

    Key entryKey(Map<String, AttributeValue> item) {
        return entryKey(item, tableKey.of(item));
    }

    static <V> SortedMap<Key, V> range(ConcurrentNavigableMap<Key, V> all, Key from, Key to, boolean forward) {
        if (!to.isEmpty() && from.compareTo(to) >= 0) {
            return new ConcurrentSkipListMap<>();
        }
        var range = to.isEmpty() ? all.tailMap(from, true) : all.subMap(from, true, to, false);
        return forward ? range : range.descendingMap();
    }

    private Key entryKey(Map<String, AttributeValue> item, Key itemKey) {
        return schema.key().of(item).with(itemKey);
    }
}
