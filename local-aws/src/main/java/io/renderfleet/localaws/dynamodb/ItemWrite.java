package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A put, an update, a delete or a check of one item, alone or in a transaction. */
final class ItemWrite {
    private static final String CONDITION = "ConditionExpression";

    private enum Kind {
        PUT,
        UPDATE,
        DELETE,
        CHECK
    }

    private final Kind kind;
    private final Map<String, AttributeValue> given;
    private final Optional<Condition> condition;
    private final Optional<Update> update;
    private final boolean returnOld;

    private ItemWrite(Kind kind, Request request, String item, Expressions expressions) {
        this.kind = kind;
        given = AttributeJson.readItem(request.json().get(item));
        update = kind == Kind.UPDATE ? expressions.update() : Optional.empty();
        condition = expressions.condition(CONDITION);
        expressions.requireAllUsed();
        returnOld = request.text("ReturnValuesOnConditionCheckFailure", "NONE").equals("ALL_OLD");
        if (kind == Kind.PUT) {
            checkSize(given, "Item size has exceeded the maximum allowed size");
        }
    }

    static ItemWrite put(Request request, List<String> legacy) {
        return new ItemWrite(Kind.PUT, request, "Item", new Expressions(request, List.of(CONDITION), legacy));
    }

    static ItemWrite delete(Request request, List<String> legacy) {
        return new ItemWrite(Kind.DELETE, request, "Key", new Expressions(request, List.of(CONDITION), legacy));
    }

    static ItemWrite check(Request request) {
        return new ItemWrite(Kind.CHECK, request, "Key", new Expressions(request, List.of(CONDITION), List.of()));
    }

    static ItemWrite update(Request request, List<String> legacy) {
        return new ItemWrite(
                Kind.UPDATE, request, "Key", new Expressions(request, List.of("UpdateExpression", CONDITION), legacy));
    }

    /** The item of a put, else the key. */
    Map<String, AttributeValue> key() {
        return given;
    }

    boolean writes() {
        return kind != Kind.CHECK;
    }

    List<Path> updatedPaths() {
        return update.map(Update::paths).orElse(List.of());
    }

    /** The key; the service's error when the request does not fit the table. */
    Key checkedKey(Table table) {
        if (kind == Kind.PUT) {
            table.check(given);
        } else {
            table.key().checkKey(given);
            for (Path path : updatedPaths()) {
                if (table.key().contains(path.attribute())) {
                    throw ServiceException.invalidParameter(
                            "Cannot update attribute " + path.attribute() + ". This attribute is part of the key");
                }
            }
        }
        return table.key().of(given);
    }

    /** As {@link Table.Decision}; {@code ConditionalCheckFailedException} when the condition does not hold. */
    @Nullable
    Map<String, AttributeValue> decide(Table table, @Nullable Map<String, AttributeValue> old) {
        if (condition.isPresent() && !condition.get().test(old == null ? Map.of() : old)) {
            throw conditionFailed(old);
        }
        return switch (kind) {
            case PUT -> given;
            case DELETE -> null;
            case CHECK -> old;
            case UPDATE -> {
                var base = old == null ? new LinkedHashMap<>(given) : old;
                if (update.isEmpty()) {
                    yield base;
                }
                var updated = update.get().apply(base);
                checkSize(updated, "Item size to update has exceeded the maximum allowed size");
                AttributeJson.checkDepth(updated);
                table.checkUpdated(updated);
                yield updated;
            }
        };
    }

    private ServiceException conditionFailed(@Nullable Map<String, AttributeValue> old) {
        ObjectNode details = Json.object();
        if (returnOld && old != null) {
            details.set("Item", AttributeJson.write(old));
        }
        return ServiceException.of("ConditionalCheckFailedException", "The conditional request failed", details);
    }

    private static void checkSize(Map<String, AttributeValue> item, String message) {
        if (ItemSize.of(item) > ItemSize.MAX_ITEM) {
            throw ServiceException.validation(message);
        }
    }
}
