package io.renderfleet.localaws.dynamodb;

import java.util.EnumMap;
import java.util.Map;

/**
 * Collects the faults of an expression that can be parsed. If there are several, the service reports the kind that
 * comes first in {@link Kind}, independently of its position in the expression, and the first fault of that kind.
 */
final class ExpressionFaults {
    enum Kind {
        PARENTHESES,
        RESERVED_WORD,
        FUNCTION_NAME,
        FUNCTION_USE,
        SECTION,
        UNDEFINED_NAME,
        UNDEFINED_VALUE,
        OPERAND_COUNT,
        SAME_OPERANDS,
        OVERLAPPING_PATHS,
        CONFLICTING_PATHS,
        OPERAND_TYPE
    }

    private final Map<Kind, String> first = new EnumMap<>(Kind.class);

    void add(Kind kind, String message) {
        first.putIfAbsent(kind, message);
    }

    void check() {
        first.values().stream().findFirst().ifPresent(message -> {
            throw new ExpressionException(message);
        });
    }
}
