package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Transactions: either all items change or none, and a transaction that reads never sees only a part of the changes.
 *
 * <p>A transaction first claims all its items, in the same order for all transactions, so that there are no deadlocks.
 * If another writing transaction has claimed an item, it fails at once with {@code TransactionConflict}, as does a
 * single write of a claimed item. Then it checks all conditions, writes all changes to the journal as one record, and
 * applies them.
 *
 * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html">DynamoDB
 *     transactions: how it works</a>
 */
final class Transactions {
    private static final Comparator<Action> CLAIM_ORDER = Comparator.comparing(
                    (Action action) -> action.table().definition().id())
            .thenComparing(Action::key);

    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private final Journal journal;
    private final Runnable whileClaimed;

    /** @param whileClaimed a hook for tests, called by each writing transaction between its claims and its changes */
    Transactions(Journal journal, Runnable whileClaimed) {
        this.journal = journal;
        this.whileClaimed = whileClaimed;
    }

    /**
     * The action of a transaction on one item.
     *
     * @param key the key of the item
     * @param writes whether the action may change the item
     */
    record Action(Table table, Key key, Table.Decision decision, boolean writes) {}

    /** The changes in the order of the actions; {@code TransactionCanceledException} when there are none. */
    List<Table.Change> write(List<Action> actions, Optional<Journal.Token> token) {
        var claims = new Claims(actions, true);
        try {
            claims.take();
            whileClaimed.run();
            var changes = new ArrayList<Table.Change>();
            var failures = new ArrayList<Optional<ServiceException>>();
            for (int i = 0; i < actions.size(); i++) {
                var before = Table.decoded(claims.of(i).cell().item());
                try {
                    changes.add(
                            new Table.Change(before, actions.get(i).decision().decide(before)));
                    failures.add(Optional.empty());
                } catch (ServiceException e) {
                    failures.add(Optional.of(e));
                }
            }
            cancelIfAny(failures);
            checkSize(changes.stream()
                    .mapToInt(change -> Math.max(size(change.before()), size(change.after())))
                    .sum());
            commit(actions, claims, changes, token);
            return changes;
        } finally {
            claims.release();
        }
    }

    /** The items as they were at one moment, in the order of the actions. */
    List<Optional<Map<String, AttributeValue>>> read(List<Action> actions) {
        var claims = new Claims(actions, false);
        try {
            claims.take();
            var items = new ArrayList<Optional<Map<String, AttributeValue>>>();
            for (int i = 0; i < actions.size(); i++) {
                items.add(Optional.ofNullable(Table.decoded(claims.of(i).cell().item())));
            }
            return items;
        } finally {
            claims.release();
        }
    }

    /** {@code TransactionCanceledException} with a reason for each action when one of them failed. */
    static void cancelIfAny(List<Optional<ServiceException>> failures) {
        if (failures.stream().allMatch(Optional::isEmpty)) {
            return;
        }
        ObjectNode details = Json.object();
        ArrayNode reasons = details.putArray("CancellationReasons");
        var codes = new ArrayList<String>();
        for (var failure : failures) {
            ObjectNode reason = reasons.addObject();
            String code = failure.map(Transactions::code).orElse("None");
            codes.add(code);
            reason.put("Code", code);
            failure.ifPresent(e -> {
                reason.put("Message", e.text());
                if (e.body().has("Item")) {
                    reason.set("Item", e.body().get("Item"));
                }
            });
        }
        throw ServiceException.of(
                "TransactionCanceledException",
                "Transaction cancelled, please refer cancellation reasons for specific reasons ["
                        + String.join(", ", codes) + "]",
                details);
    }

    /** The service's error when the items of a transaction are too large together. */
    static void checkSize(int bytes) {
        if (bytes > MAX_BYTES) {
            throw ServiceException.validation(
                    "Collection size of items exceeded, which can also be caused by the aggregate "
                            + "size of the items in the transaction exceeding the 4MB limit");
        }
    }

    private static int size(@Nullable Map<String, AttributeValue> item) {
        return item == null ? 0 : ItemSize.of(item);
    }

    private static String code(ServiceException failure) {
        return switch (failure.name()) {
            case "ConditionalCheckFailedException" -> "ConditionalCheckFailed";
            case "TransactionConflictException" -> "TransactionConflict";
            case "ProvisionedThroughputExceededException" -> "ProvisionedThroughputExceeded";
            default -> "ValidationError";
        };
    }

    private void commit(
            List<Action> actions, Claims claims, List<Table.Change> changes, Optional<Journal.Token> token) {
        var encoded = new ArrayList<Optional<byte[]>>();
        var writes = new ArrayList<Journal.Write>();
        for (int i = 0; i < changes.size(); i++) {
            var after = changes.get(i).after();
            byte[] bytes = after == null ? null : ItemCodec.encode(after);
            encoded.add(Optional.ofNullable(bytes));
            if (actions.get(i).writes()) {
                Action action = actions.get(i);
                writes.add(
                        new Journal.Write(action.table().definition().id(), action.key(), Optional.ofNullable(bytes)));
            }
        }
        journal.write(writes, token);
        for (int i = 0; i < changes.size(); i++) {
            if (actions.get(i).writes()) {
                actions.get(i)
                        .table()
                        .commit(claims.of(i), changes.get(i), encoded.get(i).orElse(null));
            }
        }
    }

    /** The cells that a transaction has claimed. */
    private static final class Claims {
        private final List<Action> actions;
        private final boolean toWrite;
        private final Table.Claim[] taken;

        Claims(List<Action> actions, boolean toWrite) {
            this.actions = actions;
            this.toWrite = toWrite;
            taken = new Table.Claim[actions.size()];
        }

        void take() {
            var conflicts = new ArrayList<Optional<ServiceException>>();
            actions.forEach(action -> conflicts.add(Optional.empty()));
            var order = new ArrayList<Integer>();
            for (int i = 0; i < actions.size(); i++) {
                order.add(i);
            }
            order.sort(Comparator.comparing(actions::get, CLAIM_ORDER));
            for (int i : order) {
                Action action = actions.get(i);
                var claim = action.table().claim(action.key(), toWrite);
                if (claim.isPresent()) {
                    taken[i] = claim.get();
                } else {
                    conflicts.set(i, Optional.of(Table.conflict()));
                }
            }
            cancelIfAny(conflicts);
        }

        Table.Claim of(int action) {
            return taken[action];
        }

        void release() {
            for (int i = 0; i < taken.length; i++) {
                if (taken[i] != null) {
                    taken[i].table().release(taken[i], toWrite);
                }
            }
        }
    }
}
