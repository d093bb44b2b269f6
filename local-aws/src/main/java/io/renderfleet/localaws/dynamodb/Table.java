package io.renderfleet.localaws.dynamodb;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The items of a table and of its indexes, in the order of {@link Key}. Reads take no lock; each write locks the one
 * item that it changes, so that writes of one item are serialized and writes of different items are concurrent.
 */
final class Table {
    private final ConcurrentNavigableMap<Key, Cell> cells = new ConcurrentSkipListMap<>();
    private final List<SecondaryIndex> indexes;
    private final Journal journal;
    private final Throttle throttle;
    private final LongAdder items = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private volatile TableDefinition definition;

    /**
     * Computes the new item from the old one. Returns null to delete the item, and the old item to leave it as it is.
     */
    @FunctionalInterface
    interface Decision {
        @Nullable
        Map<String, AttributeValue> decide(@Nullable Map<String, AttributeValue> old);
    }

    /** An item before and after a write; null where there was none. */
    record Change(
            @Nullable Map<String, AttributeValue> before,
            @Nullable Map<String, AttributeValue> after) {}

    /** A cell that a transaction has claimed. */
    record Claim(Table table, Cell cell) {}

    Table(TableDefinition definition, Journal journal, Throttle throttle, IndexUpdates updates) {
        this.definition = definition;
        this.journal = journal;
        this.throttle = throttle;
        indexes = definition.indexes().stream()
                .map(schema ->
                        new SecondaryIndex(schema, definition.key(), schema.local() ? IndexUpdates.IMMEDIATE : updates))
                .toList();
    }

    TableDefinition definition() {
        return definition;
    }

    void define(TableDefinition value) {
        definition = value;
    }

    KeySchema key() {
        return definition.key();
    }

    Throttle throttle() {
        return throttle;
    }

    long items() {
        return items.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    Optional<SecondaryIndex> index(String name) {
        return indexes.stream()
                .filter(index -> index.schema().name().equals(name))
                .findFirst();
    }

    /** Checks an item before it is stored: its key, and those attributes that are keys of indexes. */
    void check(Map<String, AttributeValue> item) {
        key().checkItem(item);
        definition.indexes().forEach(index -> index.checkItem(item));
    }

    /** The checks of {@link #check} for the result of an update. */
    void checkUpdated(Map<String, AttributeValue> item) {
        key().checkItem(item);
        definition.indexes().forEach(index -> index.checkUpdated(item));
    }

    @Nullable
    Map<String, AttributeValue> read(Key key) {
        Cell cell = cells.get(key);
        return cell == null ? null : decoded(cell.item());
    }

    /** The encoded items from {@code from}, to before {@code to} unless that is empty, forward or backward. */
    SortedMap<Key, Cell> range(Key from, Key to, boolean forward) {
        return SecondaryIndex.range(cells, from, to, forward);
    }

    /**
     * Reads an item, decides and writes, as one step. {@code TransactionConflictException} when a transaction is about
     * to write the item.
     */
    Change write(Key key, Decision decision) {
        while (true) {
            Cell cell = cellAt(key);
            synchronized (cell) {
                if (cell.isRemoved()) {
                    continue;
                }
                try {
                    cell.awaitReaders();
                    if (cell.isClaimed()) {
                        throw conflict();
                    }
                    var before = decoded(cell.item());
                    var after = decision.decide(before);
                    if (!Objects.equals(after, before)) {
                        byte[] encoded = after == null ? null : ItemCodec.encode(after);
                        journal.write(
                                List.of(new Journal.Write(definition.id(), key, Optional.ofNullable(encoded))),
                                Optional.empty());
                        apply(cell, before, after, encoded);
                    }
                    return new Change(before, after);
                } finally {
                    removeIfUnused(cell);
                }
            }
        }
    }

    /** Claims the item for a transaction; empty if another writing transaction has claimed it. */
    Optional<Claim> claim(Key key, boolean toWrite) {
        while (true) {
            Cell cell = cellAt(key);
            synchronized (cell) {
                if (cell.isRemoved()) {
                    continue;
                }
                try {
                    boolean taken = toWrite ? cell.claim() : cell.claimForReading();
                    return taken ? Optional.of(new Claim(this, cell)) : Optional.empty();
                } finally {
                    removeIfUnused(cell);
                }
            }
        }
    }

    void release(Claim claim, boolean toWrite) {
        Cell cell = claim.cell();
        synchronized (cell) {
            if (toWrite) {
                cell.release();
            } else {
                cell.releaseFromReading();
            }
            removeIfUnused(cell);
        }
    }

    /** Applies a change that is in the journal; the caller has claimed the cell. */
    void commit(Claim claim, Change change, byte @Nullable [] encoded) {
        apply(claim.cell(), change.before(), change.after(), encoded);
    }

    /** Restores an item from the journal. Must be called by a single thread before there are clients. */
    void restore(Key key, byte @Nullable [] encoded) {
        Cell cell = cellAt(key);
        apply(cell, decoded(cell.item()), decoded(encoded), encoded);
        if (encoded == null) {
            cells.remove(key);
        }
    }

    /** All items, encoded, by key. */
    Map<Key, Cell> cells() {
        return Collections.unmodifiableMap(cells);
    }

    /** The error of a write whose item a transaction is about to write. */
    static ServiceException conflict() {
        return ServiceException.of("TransactionConflictException", "Transaction is ongoing for the item");
    }

    static @Nullable Map<String, AttributeValue> decoded(byte @Nullable [] encoded) {
        return encoded == null ? null : ItemCodec.decode(encoded);
    }

    private void apply(
            Cell cell,
            @Nullable Map<String, AttributeValue> before,
            @Nullable Map<String, AttributeValue> after,
            byte @Nullable [] encoded) {
        count(cell.item(), -1);
        count(encoded, 1);
        cell.set(encoded);
        for (SecondaryIndex index : indexes) {
            index.update(cell, before, after, encoded);
        }
    }

    /** The cell of a key, new when there is none. It may be removed before the caller has its monitor. */
    private Cell cellAt(Key key) {
        Cell known = cells.get(key);
        if (known != null) {
            return known;
        }
        var made = new Cell(key);
        Cell other = cells.putIfAbsent(made, made);
        return other == null ? made : other;
    }

    private void count(byte @Nullable [] encoded, int sign) {
        if (encoded != null) {
            items.add(sign);
            bytes.add((long) sign * ItemCodec.size(encoded));
        }
    }

    private void removeIfUnused(Cell cell) {
        if (cell.removeIfUnused()) {
            cells.remove(cell);
        }
    }
}
