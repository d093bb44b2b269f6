package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads behaviours and writes statistics, for demos of several processes. A behaviour is an object with
 * {@code behaviour} (the name of a {@link Behaviour.Kind}) and optionally {@code calls}, {@code seconds},
 * {@code retryAfterSeconds}, {@code status} and {@code provider}.
 */
final class ControlEndpoint {
    private static final Set<String> FIELDS =
            Set.of("behaviour", "calls", "seconds", "retryAfterSeconds", "status", "provider");

    private final ProviderErrors errors;

    ControlEndpoint(ProviderErrors errors) {
        this.errors = errors;
    }

    /** Reads a behaviour; an {@link ApiError} with status 400 that says what is wrong. */
    Behaviour behaviour(byte[] body) {
        ObjectNode fields =
                Json.object(body).orElseThrow(() -> errors.invalidRequest("The body must be a JSON object.", null));
        for (var field : fields.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw errors.invalidRequest(
                        "Unknown field '" + field.getKey() + "'; a behaviour has "
                                + FIELDS.stream().sorted().toList() + ".",
                        field.getKey());
            }
        }
        var kind = constant(Behaviour.Kind.class, fields, "behaviour")
                .orElseThrow(() -> errors.invalidRequest("The field 'behaviour' is missing.", "behaviour"));
        try {
            return new Behaviour(
                    kind,
                    number(fields, "calls"),
                    number(fields, "seconds").map(Duration::ofSeconds),
                    number(fields, "retryAfterSeconds").map(Duration::ofSeconds),
                    number(fields, "status"),
                    constant(Provider.class, fields, "provider"));
        } catch (IllegalArgumentException e) {
            throw errors.invalidRequest(String.valueOf(e.getMessage()), null);
        }
    }

    private Optional<Integer> number(ObjectNode fields, String name) {
        JsonNode value = fields.path(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.canConvertToInt() || !value.canConvertToExactIntegral()) {
            throw errors.invalidRequest("The field '" + name + "' must be a whole number.", name);
        }
        return Optional.of(value.asInt());
    }

    private <E extends Enum<E>> Optional<E> constant(Class<E> type, ObjectNode fields, String name) {
        JsonNode value = fields.path(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(type.getEnumConstants())
                .filter(constant -> lowerCase(constant).equals(value.asText()))
                .findFirst()
                .orElseThrow(() -> errors.invalidRequest(
                        "The field '" + name + "' must be one of "
                                + Arrays.stream(type.getEnumConstants())
                                        .map(ControlEndpoint::lowerCase)
                                        .toList()
                                + ".",
                        name)));
    }

    static ObjectNode json(Statistics statistics) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("calls", statistics.calls())
                .put("highestConcurrency", statistics.highestConcurrency())
                .put("violations", statistics.violations());
        statuses(json.putObject("unknownKeys"), statistics.unknownKeys());
        ObjectNode domains = json.putObject("domains");
        statistics.domains().forEach((name, domain) -> {
            ObjectNode node = domains.putObject(name);
            statuses(node.putObject("statuses"), domain.statuses());
            node.put("inProgress", domain.inProgress())
                    .put("highestConcurrency", domain.highestConcurrency())
                    .put("tokens", domain.tokens())
                    .put("behaviour", domain.behaviour().text());
            ObjectNode violations = node.putObject("violations");
            domain.violations().forEach((limit, number) -> violations.put(lowerCase(limit), number));
        });
        var keys = json.putArray("keys");
        for (var key : statistics.keys()) {
            ObjectNode node = keys.addObject().put("key", key.key()).put("domain", key.domain());
            statuses(node.putObject("statuses"), key.statuses());
            key.lastCall().ifPresent(time -> node.put("lastCall", time.toString()));
            node.put("behaviour", key.behaviour().text());
        }
        return json;
    }

    private static void statuses(ObjectNode node, Map<Integer, Long> statuses) {
        statuses.forEach((status, number) -> node.put(Integer.toString(status), number));
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
