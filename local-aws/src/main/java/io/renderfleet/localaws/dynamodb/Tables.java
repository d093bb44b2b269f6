package io.renderfleet.localaws.dynamodb;

import java.util.Collection;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** All tables, by name. Tables are made and deleted one at a time. */
final class Tables {
    private final NavigableMap<String, Table> byName = new ConcurrentSkipListMap<>();
    private final Function<TableDefinition, Table> factory;
    private final Journal journal;

    Tables(Journal journal, Function<TableDefinition, Table> factory) {
        this.journal = journal;
        this.factory = factory;
    }

    /** {@code ResourceNotFoundException} when there is none. */
    Table get(String name) {
        Table table = byName.get(name);
        if (table == null) {
            throw ServiceException.tableNotFound();
        }
        return table;
    }

    Collection<Table> all() {
        return byName.values();
    }

    NavigableMap<String, Table> after(String name) {
        return byName.tailMap(name, false);
    }

    synchronized Table create(TableDefinition definition) {
        if (byName.containsKey(definition.name())) {
            throw ServiceException.of("ResourceInUseException", "Table already exists: " + definition.name());
        }
        journal.define(definition);
        return restore(definition);
    }

    synchronized TableDefinition change(String name, UnaryOperator<TableDefinition> change) {
        Table table = get(name);
        TableDefinition changed = change.apply(table.definition());
        // A definition that cannot be read again would keep the journal from being opened.
        TableSchemas.of(changed.settings());
        journal.define(changed);
        table.define(changed);
        return changed;
    }

    synchronized Table delete(String name) {
        Table table = get(name);
        if (table.definition().deletionProtected()) {
            throw ServiceException.validation(
                    "Resource cannot be deleted as it is currently protected against deletion. "
                            + "Disable deletion protection first.");
        }
        journal.drop(table.definition().id());
        forget(table);
        return table;
    }

    void forget(Table table) {
        byName.remove(table.definition().name(), table);
    }

    /** Adds a table that is in the journal. */
    Table restore(TableDefinition definition) {
        Table table = factory.apply(definition);
        byName.put(definition.name(), table);
        return table;
    }
}
