package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import io.renderfleet.localaws.dynamodb.ExpressionFaults.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document path, {@code lamp.shades[2].colour}: the attribute, and the steps into it.
 *
 * @param attribute the top-level attribute
 * @param steps from there inwards; empty for the attribute itself
 */
record Path(String attribute, List<Step> steps) {
    /** By attribute, then step by step, elements of a list by their number. */
    static final Comparator<Path> ORDER = Comparator.comparing(Path::attribute)
            .thenComparing((left, right) -> Arrays.compare(left.stepArray(), right.stepArray(), Step.ORDER));

    /** Into a map by name, or into a list by index. */
    sealed interface Step {
        Comparator<Step> ORDER = Comparator.comparingInt((Step step) -> step instanceof Index(int index) ? index : -1)
                .thenComparing(Step::toString);

        record Member(String name) implements Step {
            @Override
            public String toString() {
                return name;
            }
        }

        record Index(int index) implements Step {
            @Override
            public String toString() {
                return "[" + index + "]";
            }
        }
    }

    static Path parse(ExpressionTokens tokens, Placeholders placeholders, ExpressionFaults faults) {
        String attribute = word(tokens, placeholders, faults);
        var steps = new ArrayList<Step>();
        while (true) {
            if (tokens.take(".")) {
                steps.add(new Step.Member(word(tokens, placeholders, faults)));
            } else if (tokens.take("[")) {
                steps.add(new Step.Index(index(tokens)));
                tokens.require("]");
            } else {
                return new Path(attribute, List.copyOf(steps));
            }
        }
    }

    /** Records as a fault the first two paths that overlap, or that use one value both as a map and as a list. */
    static void checkDisjoint(List<Path> paths, ExpressionFaults faults) {
        for (int i = 0; i < paths.size(); i++) {
            for (int j = 0; j < i; j++) {
                paths.get(j).checkDisjoint(paths.get(i), faults);
            }
        }
    }

    @Nullable
    AttributeValue in(Map<String, AttributeValue> item) {
        AttributeValue value = item.get(attribute);
        for (Step step : steps) {
            value = step(value, step);
        }
        return value;
    }

    static @Nullable AttributeValue step(@Nullable AttributeValue value, Step step) {
        return switch (step) {
            case Step.Member(String name)
            when value instanceof Document document -> document.members().get(name);
            case Step.Index(int index)
            when value instanceof Array array && index < array.elements().size() ->
                array.elements().get(index);
            default -> null;
        };
    }

    private Step[] stepArray() {
        return steps.toArray(Step[]::new);
    }

    private void checkDisjoint(Path other, ExpressionFaults faults) {
        if (!attribute.equals(other.attribute)) {
            return;
        }
        for (int i = 0; i < Math.min(steps.size(), other.steps.size()); i++) {
            Step mine = steps.get(i);
            Step its = other.steps.get(i);
            if (mine.getClass() != its.getClass()) {
                faults.add(Kind.CONFLICTING_PATHS, "Two document paths conflict with each other; " + both(other));
                return;
            }
            if (!mine.equals(its)) {
                return;
            }
        }
        faults.add(Kind.OVERLAPPING_PATHS, "Two document paths overlap with each other; " + both(other));
    }

    private String both(Path other) {
        return "must remove or rewrite one of these paths; path one: " + this + ", path two: " + other;
    }

    private static String word(ExpressionTokens tokens, Placeholders placeholders, ExpressionFaults faults) {
        boolean named = tokens.peek().startsWith("#") && tokens.peek().length() > 1;
        if (!named && !tokens.isIdentifier()) {
            throw tokens.syntaxError();
        }
        return placeholders.attribute(tokens.next(), faults);
    }

    private static int index(ExpressionTokens tokens) {
        String digits = tokens.peek();
        if (!Character.isDigit(digits.charAt(0))) {
            throw tokens.syntaxError();
        }
        tokens.next();
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new ExpressionException("List index is not within the allowable range; index: [" + digits + "]");
        }
    }

    /** The path in the form that the service's messages have. */
    @Override
    public String toString() {
        var parts = new ArrayList<String>();
        parts.add(attribute);
        steps.forEach(step -> parts.add(step.toString()));
        return parts.toString();
    }
}
