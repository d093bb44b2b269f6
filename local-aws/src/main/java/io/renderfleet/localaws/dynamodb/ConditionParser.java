package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.ExpressionFaults.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses condition, filter and key condition expressions. {@code NOT} binds tighter than {@code AND}, and {@code AND}
 * tighter than {@code OR}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html">Condition
 *     and filter expressions, operators, and functions</a>
 */
final class ConditionParser {
    private static final Set<String> COMPARATORS = Set.of("=", "<>", "<", "<=", ">", ">=");
    private static final Set<String> TYPES = Set.of("S", "N", "B", "NULL", "SS", "BOOL", "L", "BS", "NS", "M");
    private static final Map<String, Integer> FUNCTIONS = Map.of(
            "attribute_exists", 1,
            "attribute_not_exists", 1,
            "attribute_type", 2,
            "begins_with", 2,
            "contains", 2,
            "size", 1);
    private static final int MAX_OPERATORS = 300;
    private static final int MAX_IN = 100;

    private final ExpressionTokens tokens;
    private final Placeholders placeholders;
    private final ExpressionFaults faults = new ExpressionFaults();
    private int operators;

    /** A part of the expression: while it is being read, a parenthesis may hold a condition or an operand. */
    private sealed interface Part {
        boolean parenthesised();

        /** A condition, and the name of the function when it is one. */
        record Truth(Condition condition, @Nullable String function, boolean parenthesised) implements Part {
            Truth(Condition condition) {
                this(condition, null, false);
            }
        }

        record Value(Operand operand, boolean parenthesised) implements Part {
            Value(Operand operand) {
                this(operand, false);
            }
        }
    }

    private ConditionParser(String expression, Placeholders placeholders) {
        tokens = new ExpressionTokens(expression);
        this.placeholders = placeholders;
    }

    /**
     * The condition that the expression says.
     *
     * @param parameter the request's parameter, for the service's message when the expression is wrong
     */
    static Condition parse(String parameter, String expression, Placeholders placeholders) {
        try {
            var parser = new ConditionParser(expression, placeholders);
            Condition condition = parser.condition(parser.or());
            parser.tokens.requireEnd();
            parser.faults.check();
            if (parser.operators > MAX_OPERATORS) {
                throw new ExpressionException(
                        "The expression contains too many operators; operator count: " + parser.operators);
            }
            return condition;
        } catch (ExpressionException e) {
            throw e.in(parameter);
        }
    }

    private Part or() {
        Part left = and();
        while (tokens.take("OR")) {
            operators++;
            left = new Part.Truth(new Condition.Or(condition(left), condition(and())));
        }
        return left;
    }

    private Part and() {
        Part left = not();
        while (tokens.take("AND")) {
            operators++;
            left = new Part.Truth(new Condition.And(condition(left), condition(not())));
        }
        return left;
    }

    private Part not() {
        if (tokens.take("NOT")) {
            operators++;
            return new Part.Truth(new Condition.Not(condition(not())));
        }
        return comparison();
    }

    private Part comparison() {
        Part left = primary();
        if (COMPARATORS.contains(tokens.peek())) {
            operators++;
            String operator = tokens.next();
            Operand first = operand(left);
            Operand second = operand(primary());
            checkDistinct(operator, List.of(first, second));
            checkOrderable(operator, List.of(first, second));
            return new Part.Truth(new Condition.Comparison(first, operator, second));
        }
        if (tokens.take("BETWEEN")) {
            operators++;
            Operand low = operand(primary());
            tokens.require("AND");
            Operand high = operand(primary());
            checkBounds(low, high);
            checkOrderable("BETWEEN", List.of(low, high));
            return new Part.Truth(new Condition.Between(operand(left), low, high));
        }
        if (tokens.take("IN")) {
            operators++;
            tokens.open();
            List<Operand> among = arguments();
            if (among.size() > MAX_IN) {
                faults.add(
                        Kind.OPERAND_COUNT,
                        "Incorrect number of operands for operator or function; operator or function: IN, "
                                + "number of operands: " + (among.size() + 1));
            }
            return new Part.Truth(new Condition.In(operand(left), among));
        }
        return left;
    }

    private Part primary() {
        if (tokens.atOpening()) {
            tokens.open();
            Part inner = or();
            tokens.close();
            if (inner.parenthesised()) {
                faults.add(Kind.PARENTHESES, "The expression has redundant parentheses;");
            }
            return switch (inner) {
                case Part.Truth truth -> new Part.Truth(truth.condition(), truth.function(), true);
                case Part.Value value -> new Part.Value(value.operand(), true);
            };
        }
        if (tokens.peek().startsWith(":") && tokens.peek().length() > 1) {
            return new Part.Value(new Operand.Constant(placeholders.value(tokens.next(), faults)));
        }
        if (tokens.isIdentifier() && tokens.peekAfter().equals("(")) {
            return function(tokens.next());
        }
        return new Part.Value(new Operand.At(Path.parse(tokens, placeholders, faults)));
    }

    private List<Operand> arguments() {
        var operands = new ArrayList<Operand>();
        do {
            operands.add(operand(primary()));
        } while (tokens.take(","));
        tokens.close();
        return operands;
    }

    private Part function(String name) {
        operators++;
        tokens.open();
        List<Operand> operands = arguments();
        Integer expected = FUNCTIONS.get(name);
        if (expected == null) {
            faults.add(Kind.FUNCTION_NAME, "Invalid function name; function: " + name);
            return new Part.Truth(new Condition.In(operands.getFirst(), List.of()), name, false);
        }
        if (operands.size() != expected) {
            faults.add(
                    Kind.OPERAND_COUNT,
                    "Incorrect number of operands for operator or function; operator or function: " + name
                            + ", number of operands: " + operands.size());
            return new Part.Truth(new Condition.In(operands.getFirst(), List.of()), name, false);
        }
        checkDistinct(name, operands);
        Operand first = operands.getFirst();
        if (name.equals("size")) {
            refuseType(name, first, Set.of("N", "BOOL", "NULL"));
            return new Part.Value(new Operand.Size(first));
        }
        Operand second = operands.getLast();
        Condition condition = switch (name) {
            case "attribute_exists" -> new Condition.Exists(path(name, first));
            case "attribute_not_exists" -> new Condition.Not(new Condition.Exists(path(name, first)));
            case "attribute_type" -> {
                checkTypeName(second);
                yield new Condition.HasType(first, second);
            }
            case "begins_with" -> {
                var others = Set.of("N", "BOOL", "NULL", "SS", "NS", "BS", "L", "M");
                refuseType(name, first, others);
                refuseType(name, second, others);
                yield new Condition.BeginsWith(first, second);
            }
            default -> new Condition.Contains(first, second);
        };
        return new Part.Truth(condition, name, false);
    }

    private Condition condition(Part part) {
        return switch (part) {
            case Part.Truth truth -> truth.condition();
            case Part.Value value
            when value.operand() instanceof Operand.Size -> {
                faults.add(
                        Kind.FUNCTION_USE,
                        "The function is not allowed to be used this way in an expression; function: size");
                yield new Condition.In(new Operand.Constant(new AttributeValue.Null()), List.of());
            }
            case Part.Value ignored -> throw tokens.syntaxError();
        };
    }

    private Operand operand(Part part) {
        return switch (part) {
            case Part.Value value -> value.operand();
            case Part.Truth truth
            when truth.function() != null -> {
                faults.add(
                        Kind.FUNCTION_USE,
                        "The function is not allowed to be used this way in an expression; function: "
                                + truth.function());
                yield new Operand.Constant(new AttributeValue.Null());
            }
            case Part.Truth ignored -> throw tokens.syntaxError();
        };
    }

    private Path path(String function, Operand operand) {
        if (operand instanceof Operand.At(Path path)) {
            return path;
        }
        faults.add(
                Kind.OPERAND_TYPE, "Operator or function requires a document path; operator or function: " + function);
        return new Path("", List.of());
    }

    private void refuseType(String function, Operand operand, Set<String> types) {
        String type = operand.knownType();
        if (type != null && types.contains(type)) {
            incorrectType(function, type);
        }
    }

    private void checkOrderable(String operator, List<Operand> operands) {
        if (operator.equals("=") || operator.equals("<>")) {
            return;
        }
        operands.forEach(operand -> refuseType(operator, operand, Set.of("BOOL", "NULL", "SS", "NS", "BS", "L", "M")));
    }

    private void incorrectType(String function, String type) {
        faults.add(
                Kind.OPERAND_TYPE,
                "Incorrect operand type for operator or function; operator or function: " + function
                        + ", operand type: " + type);
    }

    private void checkTypeName(Operand type) {
        if (!(type instanceof Operand.Constant(AttributeValue.Text(String name)))) {
            String known = type.knownType();
            incorrectType("attribute_type", known == null ? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}" : known);
        } else if (!TYPES.contains(name)) {
            faults.add(
                    Kind.OPERAND_TYPE,
                    "Invalid attribute type name found; type: " + name
                            + ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
        }
    }

    private void checkDistinct(String operator, List<Operand> operands) {
        if (operands.size() == 2
                && operands.getFirst() instanceof Operand.At(Path first)
                && operands.getLast() instanceof Operand.At(Path second)
                && first.equals(second)) {
            faults.add(
                    Kind.SAME_OPERANDS,
                    "The first operand must be distinct from the remaining operands for this operator or function; "
                            + "operator: " + operator + ", first operand: " + first);
        }
    }

    private void checkBounds(Operand low, Operand high) {
        if (!(low instanceof Operand.Constant(AttributeValue from))
                || !(high instanceof Operand.Constant(AttributeValue to))) {
            return;
        }
        String bounds = "; lower bound operand: AttributeValue: " + shown(from) + ", upper bound operand: "
                + "AttributeValue: " + shown(to);
        if (!from.type().equals(to.type())) {
            faults.add(
                    Kind.OPERAND_TYPE,
                    "The BETWEEN operator requires same data type for lower and upper bounds" + bounds);
        } else if (Set.of("S", "N", "B").contains(from.type()) && AttributeValue.ORDER.compare(from, to) > 0) {
            faults.add(
                    Kind.OPERAND_TYPE,
                    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound" + bounds);
        }
    }

    private static String shown(AttributeValue value) {
        return "{" + value.type() + ":"
                + AttributeJson.write(value).get(value.type()).asText() + "}";
    }
}
