package io.renderfleet.localaws.dynamodb;

import static io.renderfleet.localaws.dynamodb.RandomValues.ATTRIBUTES;
import static io.renderfleet.localaws.dynamodb.RandomValues.number;
import static io.renderfleet.localaws.dynamodb.RandomValues.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Update expressions over a small grammar, each with the condition without which the other server cannot do it. */
final class RandomUpdates {
    private static final AttributeValue NO_ELEMENTS = AttributeValue.fromL(List.of());

    private RandomUpdates() {}

    /**
     * An update expression.
     *
     * @param guard the condition that the request has to have
     * @param conditional whether it may have other conditions: the service refuses a wrong update before it looks at a
     *     condition, the other server after that
     */
    record Update(Expression expression, Optional<Expression> guard, boolean conditional) {}

    /** What one attribute undergoes. */
    private record Action(String section, Expression expression, Optional<Expression> guard) {
        static Action of(String section, Object... parts) {
            return new Action(section, Expression.of(parts), Optional.empty());
        }

        Action ifExists(String attribute) {
            return new Action(section, expression, Optional.of(Expression.of("attribute_exists(", attribute, ")")));
        }
    }

    /** Some that the service refuses, for what the item has or has not. */
    static Arbitrary<Update> update() {
        return Arbitraries.frequencyOf(
                Tuple.of(8, update(Arbitraries.oneOf(safe(), computed(), nested()))),
                Tuple.of(1, lone().map(action -> update(List.of(action), false))));
    }

    /** Only updates that every item can undergo. */
    static Arbitrary<Update> safeUpdate() {
        return update(safe());
    }

    private static Arbitrary<Update> update(Arbitrary<Map.Entry<String, Action>> actions) {
        return actions.list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .uniqueElements(Map.Entry::getKey)
                .map(chosen -> update(chosen.stream().map(Map.Entry::getValue).toList(), true));
    }

    private static Update update(List<Action> actions, boolean conditional) {
        var sections = new TreeMap<String, List<Expression>>();
        var guards = new ArrayList<Expression>();
        for (Action action : actions) {
            sections.computeIfAbsent(action.section(), section -> new ArrayList<>())
                    .add(action.expression());
            action.guard().ifPresent(guards::add);
        }
        List<Expression> written = sections.entrySet().stream()
                .map(section -> Expression.of(section.getKey(), " ", Expression.join(", ", section.getValue())))
                .toList();
        return new Update(
                Expression.join(" ", written),
                guards.isEmpty() ? Optional.empty() : Optional.of(Expression.join(" AND ", guards)),
                conditional);
    }

    private static Arbitrary<Map.Entry<String, Action>> on(String attribute, Arbitrary<Action> action) {
        return action.map(chosen -> Map.entry(attribute, chosen));
    }

    private static Arbitrary<Map.Entry<String, Action>> safe() {
        Arbitrary<Map.Entry<String, Action>> set = Arbitraries.of(ATTRIBUTES.keySet())
                .flatMap(name -> on(
                        name,
                        Combinators.combine(RandomExpressions.path(name), Objects.requireNonNull(ATTRIBUTES.get(name)))
                                .as((path, value) -> Action.of("SET", path, " = ", value))));
        Arbitrary<Map.Entry<String, Action>> remove = Arbitraries.of(ATTRIBUTES.keySet())
                .flatMap(name -> on(name, RandomExpressions.path(name).map(path -> Action.of("REMOVE", path))));
        Arbitrary<Map.Entry<String, Action>> sets = Arbitraries.of("ADD", "DELETE")
                .flatMap(section -> Arbitraries.of("ss", "ns", "bs")
                        .flatMap(name -> on(
                                name,
                                Objects.requireNonNull(ATTRIBUTES.get(name))
                                        .map(value -> Action.of(section, name, " ", value)))));
        return Arbitraries.oneOf(
                set,
                set,
                remove,
                sets,
                sets,
                on("i", RandomValues.INTEGERS.map(value -> Action.of("ADD", "i ", value))),
                on("q", RandomValues.DECIMALS.map(value -> Action.of("ADD", "q ", value))));
    }

    /** From what the item has. */
    private static Arbitrary<Map.Entry<String, Action>> computed() {
        Arbitrary<String> signs = Arbitraries.of(" + ", " - ");
        return Arbitraries.oneOf(
                on("t", RandomValues.TEXTS.map(value -> Action.of("SET", "t = if_not_exists(t, ", value, ")"))),
                on("t", Arbitraries.just(Action.of("SET", "t = ", Expression.named("name")))),
                on("n", RandomValues.NUMBERS.map(value -> Action.of("SET", "n = if_not_exists(q, ", value, ")"))),
                on(
                        "i",
                        Combinators.combine(signs, RandomValues.INTEGERS)
                                .as((sign, value) -> Action.of("SET", "i = i", sign, value))),
                on(
                        "i",
                        Combinators.combine(signs, RandomValues.INTEGERS, RandomValues.INTEGERS)
                                .as((sign, from, value) ->
                                        Action.of("SET", "i = if_not_exists(i, ", from, ")", sign, value))),
                on("q", RandomValues.DECIMALS.map(value -> Action.of("SET", "q = ", value, " + q"))),
                on("l", RandomValues.LISTS.map(value -> Action.of("SET", "l = list_append(l, ", value, ")"))),
                on(
                        "l",
                        RandomValues.LISTS.map(value -> Action.of("SET", "l = list_append(", value, ", l)")
                                .ifExists("l"))),
                on(
                        "l",
                        RandomValues.LISTS.map(value -> Action.of(
                                "SET", "l = list_append(if_not_exists(l, ", NO_ELEMENTS, "), ", value, ")"))));
    }

    /** Within a list or a map, which may not be there. */
    private static Arbitrary<Map.Entry<String, Action>> nested() {
        return Arbitraries.oneOf(
                on(
                        "l",
                        RandomValues.ELEMENTS.map(
                                value -> Action.of("SET", "l[0] = ", value).ifExists("l"))),
                on(
                        "l",
                        Combinators.combine(RandomValues.ELEMENTS, RandomValues.ELEMENTS)
                                .as((one, other) -> Action.of("SET", "l[1] = ", one, ", l[7] = ", other)
                                        .ifExists("l"))),
                on(
                        "l",
                        Arbitraries.of("l[0]", "l[1]", "l[0], l[2]", "l[2], l[1]", "l[9]")
                                .map(paths -> Action.of("REMOVE", paths).ifExists("l"))),
                on(
                        "m",
                        RandomExpressions.path("m.x")
                                .flatMap(path -> RandomValues.INTEGERS.map(value ->
                                        Action.of("SET", path, " = ", value).ifExists("m")))),
                on(
                        "m",
                        RandomValues.TEXTS.map(value -> Action.of("SET", "m.y = if_not_exists(m.y, ", value, ")")
                                .ifExists("m"))),
                on(
                        "m",
                        RandomValues.INTEGERS.map(
                                value -> Action.of("SET", "m.x = m.x + ", value).ifExists("m"))),
                on(
                        "m",
                        RandomValues.INTEGERS.map(
                                value -> Action.of("ADD", "m.x ", value).ifExists("m"))),
                on(
                        "m",
                        RandomValues.ELEMENTS.map(
                                value -> Action.of("SET", "m.k[1] = ", value).ifExists("m.k"))),
                on(
                        "m",
                        Arbitraries.of("m.x", "m.y", "m.k", "m.x, m.y")
                                .map(paths -> Action.of("REMOVE", paths).ifExists("m"))),
                on("m", Arbitraries.just(Action.of("REMOVE", "m.k[0]").ifExists("m.k"))));
    }

    /** For one action, since the other server does not undo the first when it refuses the second. */
    private static Arbitrary<Action> lone() {
        return Arbitraries.of(
                Action.of("ADD", "v ", number("1")),
                Action.of("ADD", "v ", AttributeValue.fromSs(List.of("a"))),
                Action.of("DELETE", "v ", AttributeValue.fromSs(List.of("a"))),
                Action.of("SET", "l[0] = ", text("a")),
                Action.of("SET", "m.y = ", text("a")),
                Action.of("SET", "v[0] = ", text("a")),
                Action.of("SET", "h = ", text("a")),
                Action.of("SET", "r = ", text("a")),
                Action.of("REMOVE", "h"),
                Action.of("SET", "t = ", text("a"), ", t = ", text("b")),
                Action.of("SET", "m.x = ", text("a"), ", m = ", text("b")),
                Action.of("SET", "t = :undefined"),
                Action.of("SET", "name = ", text("a")));
    }
}
