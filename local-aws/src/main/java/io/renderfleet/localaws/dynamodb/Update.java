package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An update expression. All values are computed from the item as it was before the update, so that the order of the
 * actions does not matter.
 */
final class Update {
    private static final String WRONG_TYPE = "An operand in the update expression has an incorrect data type";
    private static final String NO_SUCH_PATH =
            "The document path provided in the update expression is invalid for update";

    private final List<Action> actions;

    /** An action on one path. */
    sealed interface Action {
        Path path();

        record Assign(Path path, Expression value) implements Action {}

        record Remove(Path path) implements Action {}

        /** To a number or to a set. */
        record Add(Path path, AttributeValue value) implements Action {}

        /** From a set. */
        record Delete(Path path, AttributeValue value) implements Action {}
    }

    /** The right side of an assignment. */
    sealed interface Expression {
        /** Throws the service's error when an attribute that is needed is missing or of the wrong type. */
        AttributeValue in(Map<String, AttributeValue> item);

        record Plain(Operand operand) implements Expression {
            @Override
            public AttributeValue in(Map<String, AttributeValue> item) {
                AttributeValue value = operand.in(item);
                if (value == null) {
                    throw ServiceException.validation(
                            "The provided expression refers to an attribute that does not exist in the item");
                }
                return value;
            }
        }

        record IfNotExists(Path path, Expression otherwise) implements Expression {
            @Override
            public AttributeValue in(Map<String, AttributeValue> item) {
                AttributeValue value = path.in(item);
                return value == null ? otherwise.in(item) : value;
            }
        }

        record ListAppend(Expression first, Expression second) implements Expression {
            @Override
            public AttributeValue in(Map<String, AttributeValue> item) {
                if (first.in(item) instanceof Array(var head) && second.in(item) instanceof Array(var tail)) {
                    // Each element takes at least one byte. Without this limit, nested calls could create lists of any
                    // length.
                    if (head.size() + tail.size() > ItemSize.MAX_ITEM) {
                        throw ServiceException.validation("Item size to update has exceeded the maximum allowed size");
                    }
                    var all = new ArrayList<>(head);
                    all.addAll(tail);
                    return new Array(all);
                }
                throw ServiceException.validation(WRONG_TYPE);
            }
        }

        record Sum(Expression left, Expression right, boolean negated) implements Expression {
            @Override
            public AttributeValue in(Map<String, AttributeValue> item) {
                if (left.in(item) instanceof Numeric(var a) && right.in(item) instanceof Numeric(var b)) {
                    return new Numeric(Numbers.checked(negated ? a.subtract(b) : a.add(b)));
                }
                throw ServiceException.validation(WRONG_TYPE);
            }
        }
    }

    Update(List<Action> actions) {
        this.actions = List.copyOf(actions);
    }

    List<Path> paths() {
        return actions.stream().map(Action::path).toList();
    }

    Map<String, AttributeValue> apply(Map<String, AttributeValue> item) {
        var assigned = new TreeMap<Path, AttributeValue>(Path.ORDER);
        var removed = new ArrayList<Path>();
        for (Action action : actions) {
            switch (action) {
                case Action.Assign(Path path, Expression expression) -> assigned.put(path, expression.in(item));
                case Action.Remove(Path path) -> removed.add(path);
                case Action.Add(Path path, AttributeValue value) -> assigned.put(path, add(path.in(item), value));
                case Action.Delete(Path path, AttributeValue value) -> {
                    AttributeValue old = path.in(item);
                    AttributeValue rest = delete(old, value);
                    if (rest == null) {
                        if (old != null) {
                            removed.add(path);
                        }
                    } else {
                        assigned.put(path, rest);
                    }
                }
            }
        }
        var updated = new Editor(item);
        // Elements beyond the end of a list are appended in the order of their numbers.
        assigned.forEach(updated::set);
        // Removes the last elements of a list first, so that the indexes of the others remain valid.
        removed.stream().sorted(Path.ORDER.reversed()).forEach(updated::remove);
        return updated.item();
    }

    private static AttributeValue add(@Nullable AttributeValue old, AttributeValue value) {
        return switch (old) {
            case null -> value;
            case Numeric(BigDecimal a)
            when value instanceof Numeric(BigDecimal b) -> new Numeric(Numbers.checked(a.add(b)));
            case AttributeValue.Set mine
            when value instanceof AttributeValue.Set its && mine.type().equals(its.type()) -> {
                Set<AttributeValue> both = new LinkedHashSet<>(mine.elements());
                both.addAll(its.elements());
                yield AttributeValue.Set.of(mine.type(), both);
            }
            default -> throw ServiceException.validation(WRONG_TYPE);
        };
    }

    private static @Nullable AttributeValue delete(@Nullable AttributeValue old, AttributeValue value) {
        return switch (old) {
            case null -> null;
            case AttributeValue.Set mine
            when value instanceof AttributeValue.Set its && mine.type().equals(its.type()) -> {
                Set<AttributeValue> rest = new LinkedHashSet<>(mine.elements());
                its.elements().forEach(rest::remove);
                yield rest.isEmpty() ? null : AttributeValue.Set.of(mine.type(), rest);
            }
            default -> throw ServiceException.validation(WRONG_TYPE);
        };
    }

    /** Changes a copy of an item, path by path; the item itself is not modified. */
    private static final class Editor {
        private final Map<String, AttributeValue> item;

        Editor(Map<String, AttributeValue> item) {
            this.item = new LinkedHashMap<>(item);
        }

        Map<String, AttributeValue> item() {
            return item;
        }

        void set(Path path, AttributeValue value) {
            if (path.steps().isEmpty()) {
                item.put(path.attribute(), value);
            } else {
                item.put(path.attribute(), changed(item.get(path.attribute()), path.steps(), value));
            }
        }

        void remove(Path path) {
            if (path.steps().isEmpty()) {
                item.remove(path.attribute());
            } else {
                AttributeValue old = item.get(path.attribute());
                if (old == null) {
                    throw ServiceException.validation(NO_SUCH_PATH);
                }
                item.put(path.attribute(), changed(old, path.steps(), null));
            }
        }

        /** Returns the container with the value at one path set, or removed if the value is null. */
        private static AttributeValue changed(
                @Nullable AttributeValue container, List<Path.Step> steps, @Nullable AttributeValue value) {
            Path.Step step = steps.getFirst();
            List<Path.Step> rest = steps.subList(1, steps.size());
            if (step instanceof Path.Step.Member(String name) && container instanceof Document(var members)) {
                var copy = new LinkedHashMap<>(members);
                AttributeValue inner = rest.isEmpty() ? value : changed(members.get(name), rest, value);
                if (inner == null) {
                    copy.remove(name);
                } else {
                    copy.put(name, inner);
                }
                return new Document(copy);
            }
            if (step instanceof Path.Step.Index(int index) && container instanceof Array(var elements)) {
                var copy = new ArrayList<>(elements);
                boolean there = index < copy.size();
                AttributeValue inner = rest.isEmpty() ? value : changed(there ? copy.get(index) : null, rest, value);
                if (inner == null) {
                    if (there) {
                        copy.remove(index);
                    }
                } else if (there) {
                    copy.set(index, inner);
                } else {
                    // An index beyond the end appends to the list.
                    copy.add(inner);
                }
                return new Array(copy);
            }
            throw ServiceException.validation(NO_SUCH_PATH);
        }
    }
}
