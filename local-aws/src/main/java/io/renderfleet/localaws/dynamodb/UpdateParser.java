package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.ExpressionFaults.Kind;
import io.renderfleet.localaws.dynamodb.Update.Action;
import io.renderfleet.localaws.dynamodb.Update.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses update expressions.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html">Update
 *     expressions</a>
 */
final class UpdateParser {
    private static final Set<String> SECTIONS = Set.of("SET", "REMOVE", "ADD", "DELETE");
    private static final Map<String, String> TYPE_NAMES = Map.of(
            "S", "STRING", "N", "NUMBER", "B", "BINARY", "NULL", "NULL", "BOOL", "BOOLEAN", "L", "LIST", "M", "MAP");

    private final ExpressionTokens tokens;
    private final Placeholders placeholders;
    private final ExpressionFaults faults = new ExpressionFaults();
    private final List<Action> actions = new ArrayList<>();

    private UpdateParser(String expression, Placeholders placeholders) {
        tokens = new ExpressionTokens(expression);
        this.placeholders = placeholders;
    }

    static Update parse(String expression, Placeholders placeholders) {
        try {
            var parser = new UpdateParser(expression, placeholders);
            parser.sections();
            var update = new Update(parser.actions);
            Path.checkDisjoint(update.paths(), parser.faults);
            parser.faults.check();
            return update;
        } catch (ExpressionException e) {
            throw e.in("UpdateExpression");
        }
    }

    private void sections() {
        var seen = new HashSet<String>();
        do {
            String section = ExpressionTokens.keyword(tokens.peek());
            if (!SECTIONS.contains(section)) {
                throw tokens.syntaxError();
            }
            tokens.next();
            if (!seen.add(section)) {
                faults.add(
                        Kind.SECTION, "The \"" + section + "\" section can only be used once in an update expression;");
            }
            do {
                Path path = Path.parse(tokens, placeholders, faults);
                actions.add(
                        switch (section) {
                            case "SET" -> {
                                tokens.require("=");
                                yield new Action.Assign(path, sum());
                            }
                            case "REMOVE" -> new Action.Remove(path);
                            case "ADD" -> new Action.Add(path, value(section));
                            default -> new Action.Delete(path, value(section));
                        });
            } while (tokens.take(","));
        } while (!tokens.atEnd());
    }

    /** The value of an ADD or a DELETE, which must be a set, or a number to be added. */
    private AttributeValue value(String section) {
        if (!isValue()) {
            throw tokens.syntaxError();
        }
        String word = tokens.next();
        AttributeValue value = placeholders.value(word, faults);
        String type = TYPE_NAMES.get(value.type());
        if (type != null && !(section.equals("ADD") && value.type().equals("N"))) {
            faults.add(
                    Kind.OPERAND_TYPE,
                    "Incorrect operand type for operator or function; operator: " + section + ", operand type: "
                            + type);
        }
        return value;
    }

    private Expression sum() {
        Expression left = term();
        String operator = tokens.peek();
        if (!operator.equals("+") && !operator.equals("-")) {
            return left;
        }
        tokens.next();
        Expression right = term();
        requireType(operator, left, "N");
        requireType(operator, right, "N");
        return new Expression.Sum(left, right, operator.equals("-"));
    }

    private Expression term() {
        if (tokens.atOpening()) {
            tokens.open();
            Expression inner = sum();
            tokens.close();
            return inner;
        }
        if (isValue()) {
            return new Expression.Plain(new Operand.Constant(placeholders.value(tokens.next(), faults)));
        }
        if (tokens.isIdentifier() && tokens.peekAfter().equals("(")) {
            return function(tokens.next());
        }
        return new Expression.Plain(new Operand.At(Path.parse(tokens, placeholders, faults)));
    }

    private Expression function(String name) {
        tokens.open();
        var operands = new ArrayList<Expression>();
        do {
            operands.add(sum());
        } while (tokens.take(","));
        tokens.close();
        if (!name.equals("if_not_exists") && !name.equals("list_append")) {
            faults.add(Kind.FUNCTION_NAME, "Invalid function name; function: " + name);
            return operands.getFirst();
        }
        if (operands.size() != 2) {
            faults.add(
                    Kind.OPERAND_COUNT,
                    "Incorrect number of operands for operator or function; operator or function: " + name
                            + ", number of operands: " + operands.size());
            return operands.getFirst();
        }
        Expression first = operands.getFirst();
        Expression second = operands.getLast();
        if (name.equals("list_append")) {
            requireType(name, first, "L");
            requireType(name, second, "L");
            return new Expression.ListAppend(first, second);
        }
        if (first instanceof Expression.Plain(Operand.At(Path path))) {
            return new Expression.IfNotExists(path, second);
        }
        faults.add(Kind.OPERAND_TYPE, "Operator or function requires a document path; operator or function: " + name);
        return second;
    }

    private void requireType(String function, Expression operand, String type) {
        String known = knownType(operand);
        if (known != null && !known.equals(type)) {
            faults.add(
                    Kind.OPERAND_TYPE,
                    "Incorrect operand type for operator or function; operator or function: " + function
                            + ", operand type: " + known);
        }
    }

    private static @Nullable String knownType(Expression expression) {
        return switch (expression) {
            case Expression.Plain(Operand operand) -> operand.knownType();
            case Expression.IfNotExists ignored -> null;
            case Expression.ListAppend ignored -> "L";
            case Expression.Sum ignored -> "N";
        };
    }

    private boolean isValue() {
        return tokens.peek().startsWith(":") && tokens.peek().length() > 1;
    }
}
