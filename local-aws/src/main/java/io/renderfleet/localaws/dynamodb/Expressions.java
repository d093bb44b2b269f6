package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The expressions of one request, with the names and values that they share. */
final class Expressions {
    private static final String NAMES = "ExpressionAttributeNames";
    private static final String VALUES = "ExpressionAttributeValues";

    private final Request request;
    private final Placeholders placeholders;

    /**
     * @param request the request
     * @param allowed the expression parameters of the operation
     * @param legacy the legacy parameters that expressions replace, which are refused
     */
    Expressions(Request request, List<String> allowed, List<String> legacy) {
        this.request = request;
        List<String> given = allowed.stream().filter(request::has).toList();
        List<String> givenLegacy = legacy.stream().filter(request::has).toList();
        if (!givenLegacy.isEmpty() && !given.isEmpty()) {
            throw ServiceException.validation(
                    "Can not use both expression and non-expression parameters in the same request: "
                            + "Non-expression parameters: {" + String.join(", ", givenLegacy)
                            + "} Expression parameters: {" + String.join(", ", given) + "}");
        }
        request.refuse(legacy.toArray(String[]::new));
        requireExpression(NAMES, given, List.of());
        List<String> withValues = allowed.stream()
                .filter(name -> !name.equals("ProjectionExpression"))
                .toList();
        requireExpression(VALUES, given.stream().filter(withValues::contains).toList(), withValues);
        placeholders = new Placeholders(names(), values());
    }

    Optional<Condition> condition(String parameter) {
        return text(parameter).map(expression -> ConditionParser.parse(parameter, expression, placeholders));
    }

    Optional<Projection> projection() {
        return text("ProjectionExpression").map(expression -> Projection.parse(expression, placeholders));
    }

    Optional<Update> update() {
        return text("UpdateExpression").map(expression -> UpdateParser.parse(expression, placeholders));
    }

    /** Must be called after all expressions were parsed; the service's error if a name or value was not used. */
    void requireAllUsed() {
        placeholders.requireAllUsed();
    }

    private Optional<String> text(String parameter) {
        return Optional.ofNullable(request.text(parameter));
    }

    private void requireExpression(String parameter, List<String> given, List<String> named) {
        if (request.has(parameter) && given.isEmpty()) {
            String missing = named.isEmpty()
                    ? ""
                    : ": " + String.join(" and ", named) + (named.size() > 1 ? " are null" : " is null");
            throw ServiceException.validation(parameter + " can only be specified when using expressions" + missing);
        }
    }

    private Map<String, String> names() {
        var names = new LinkedHashMap<String, String>();
        requireMembers(NAMES).forEach((key, value) -> {
            if (!value.isTextual()) {
                throw Request.notConvertible(value, "String");
            }
            names.put(key, value.textValue());
        });
        return names;
    }

    private Map<String, AttributeValue> values() {
        var values = new LinkedHashMap<String, AttributeValue>();
        requireMembers(VALUES).forEach((key, value) -> {
            try {
                values.put(key, AttributeJson.read(value));
            } catch (ServiceException e) {
                throw e.name().equals("ValidationException")
                        ? ServiceException.validation(
                                VALUES + " contains invalid value: " + e.text() + " for key " + key)
                        : e;
            }
        });
        return values;
    }

    private Map<String, JsonNode> requireMembers(String parameter) {
        Map<String, JsonNode> members = request.members(parameter);
        if (request.has(parameter) && members.isEmpty()) {
            throw ServiceException.validation(parameter + " must not be empty");
        }
        return members;
    }
}
