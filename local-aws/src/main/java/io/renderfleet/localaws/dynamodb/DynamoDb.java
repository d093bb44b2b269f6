package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/**
 * The operations of DynamoDB on tables in memory. Thread-safe; each call is one operation of the service, which either
 * returns its answer or throws the service's error.
 */
final class DynamoDb implements AutoCloseable {
    private final Map<String, Function<Request, ObjectNode>> operations;
    private final Tables tables;
    private final Journal journal;
    private final IndexUpdates indexUpdates;
    private final TimeToLive timeToLive;

    /**
     * Hooks for tests.
     *
     * @param clock the clock
     * @param unprocessed selects items of a batch that are returned as unprocessed
     * @param whileClaimed called by each writing transaction when it has claimed its items
     */
    record Hooks(Clock clock, BatchOperations.Unprocessed unprocessed, Runnable whileClaimed) {
        static Hooks none() {
            return new Hooks(Clock.systemUTC(), BatchOperations.Unprocessed.NONE, () -> {});
        }
    }

    /** Opens the tables in the data directory, if there is one. */
    static DynamoDb open(DynamoDbSettings settings, Hooks hooks) throws IOException {
        return new DynamoDb(settings, hooks);
    }

    private DynamoDb(DynamoDbSettings settings, Hooks hooks) throws IOException {
        indexUpdates = IndexUpdates.late(settings.indexLag(), new Random());
        var tokens = new TransactionTokens(hooks.clock());
        var late = new LateJournal();
        tables = new Tables(
                late,
                definition -> new Table(
                        definition, late, new Throttle(settings.throttleWrites(), System::nanoTime), indexUpdates));
        journal = settings.dataDir().isPresent()
                ? FileJournal.open(settings.dataDir().get(), new Restored(tables, tokens))
                : Journal.NONE;
        late.journal = journal;
        timeToLive = new TimeToLive(tables, hooks.clock(), settings.timeToLiveDelay());
        operations = operations(tables, new Transactions(late, hooks.whileClaimed()), tokens, hooks);
        indexUpdates.start();
        timeToLive.start();
    }

    /** Calls an operation; {@code UnknownOperationException} if it does not exist or is not emulated. */
    ObjectNode call(String operation, ObjectNode parameters) {
        var known = operations.get(operation);
        if (known == null) {
            throw ServiceException.unknownOperation("local-aws does not emulate the operation " + operation + ".");
        }
        return known.apply(new Request(parameters));
    }

    TimeToLive timeToLive() {
        return timeToLive;
    }

    Tables tables() {
        return tables;
    }

    @Override
    public void close() {
        timeToLive.close();
        indexUpdates.close();
        journal.close();
    }

    private static Map<String, Function<Request, ObjectNode>> operations(
            Tables tables, Transactions transactions, TransactionTokens tokens, Hooks hooks) {
        var table = new TableOperations(tables, hooks.clock());
        var item = new ItemOperations(tables);
        var query = new QueryOperations(tables);
        var batch = new BatchOperations(tables, hooks.unprocessed());
        var transaction = new TransactionOperations(tables, transactions, tokens);
        var operations = new HashMap<String, Function<Request, ObjectNode>>();
        operations.put("CreateTable", table::createTable);
        operations.put("DescribeTable", table::describeTable);
        operations.put("ListTables", table::listTables);
        operations.put("UpdateTable", table::updateTable);
        operations.put("DeleteTable", table::deleteTable);
        operations.put("UpdateTimeToLive", table::updateTimeToLive);
        operations.put("DescribeTimeToLive", table::describeTimeToLive);
        operations.put("PutItem", item::putItem);
        operations.put("GetItem", item::getItem);
        operations.put("UpdateItem", item::updateItem);
        operations.put("DeleteItem", item::deleteItem);
        operations.put("Query", query::query);
        operations.put("Scan", query::scan);
        operations.put("BatchGetItem", batch::batchGetItem);
        operations.put("BatchWriteItem", batch::batchWriteItem);
        operations.put("TransactWriteItems", transaction::transactWriteItems);
        operations.put("TransactGetItems", transaction::transactGetItems);
        return Map.copyOf(operations);
    }

    /**
     * A reference to the journal, which is opened after the tables that it fills. Nothing is written while it is read.
     */
    private static final class LateJournal implements Journal {
        private volatile Journal journal = Journal.NONE;

        @Override
        public void define(TableDefinition table) {
            journal.define(table);
        }

        @Override
        public void drop(String tableId) {
            journal.drop(tableId);
        }

        @Override
        public void write(List<Write> writes, Optional<Token> token) {
            journal.write(writes, token);
        }

        @Override
        public void close() {
            journal.close();
        }
    }

    /** Applies the content of a journal to the tables, and writes their resulting state. */
    private static final class Restored implements FileJournal.Content {
        private final Tables tables;
        private final TransactionTokens tokens;
        private final Map<String, Table> byId = new HashMap<>();

        Restored(Tables tables, TransactionTokens tokens) {
            this.tables = tables;
            this.tokens = tokens;
        }

        @Override
        public void define(TableDefinition definition) {
            Table known = byId.get(definition.id());
            if (known == null) {
                byId.put(definition.id(), tables.restore(definition));
            } else {
                known.define(definition);
            }
        }

        @Override
        public void drop(String tableId) {
            Table table = byId.remove(tableId);
            if (table != null) {
                tables.forget(table);
            }
        }

        @Override
        public void write(List<Journal.Write> writes, Optional<Journal.Token> token) {
            for (Journal.Write write : writes) {
                Table table = byId.get(write.tableId());
                // The write may have been made while its table was being deleted.
                if (table != null) {
                    table.restore(write.key(), write.item().orElse(null));
                }
            }
            token.ifPresent(tokens::restore);
        }

        @Override
        public void writeTo(Journal journal) {
            for (Table table : tables.all()) {
                journal.define(table.definition());
                table.cells()
                        .forEach((key, cell) -> journal.write(
                                List.of(new Journal.Write(
                                        table.definition().id(), key, Optional.ofNullable(cell.item()))),
                                Optional.empty()));
            }
            tokens.made().forEach(token -> journal.write(List.of(), Optional.of(token)));
        }
    }
}
