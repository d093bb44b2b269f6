package io.renderfleet.localaws.dynamodb;

import java.util.List;
import java.util.Optional;

/** A journal that appends each change as a {@link JournalRecord}. */
abstract class RecordJournal implements Journal {
    /** Appends a record and returns when it is written. If this throws, the change must not be applied. */
    abstract void append(byte[] record);

    @Override
    public final void define(TableDefinition table) {
        append(JournalRecord.of(table));
    }

    @Override
    public final void drop(String tableId) {
        append(JournalRecord.dropped(tableId));
    }

    @Override
    public final void write(List<Write> writes, Optional<Token> token) {
        if (!writes.isEmpty() || token.isPresent()) {
            append(JournalRecord.of(writes, token));
        }
    }
}
