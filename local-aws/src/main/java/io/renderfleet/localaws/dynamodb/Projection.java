package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The parts of an item that a read returns, as a tree of the requested paths. Requested elements of a list are returned
 * in their order, without gaps.
 */
final class Projection {
    private final Map<String, Projection> members = new LinkedHashMap<>();
    private final TreeMap<Integer, Projection> elements = new TreeMap<>();

    private Projection() {}

    static Projection parse(String expression, Placeholders placeholders) {
        try {
            var tokens = new ExpressionTokens(expression);
            var faults = new ExpressionFaults();
            var paths = new ArrayList<Path>();
            do {
                paths.add(Path.parse(tokens, placeholders, faults));
            } while (tokens.take(","));
            tokens.requireEnd();
            Path.checkDisjoint(paths, faults);
            faults.check();
            return of(paths);
        } catch (ExpressionException e) {
            throw e.in("ProjectionExpression");
        }
    }

    /** The attributes of which at least a part is requested. */
    Iterable<String> attributes() {
        return members.keySet();
    }

    Map<String, AttributeValue> of(Map<String, AttributeValue> item) {
        var projected = new LinkedHashMap<String, AttributeValue>();
        members.forEach((name, inner) -> {
            AttributeValue value = item.get(name);
            if (value != null) {
                inner.of(value).ifPresent(part -> projected.put(name, part));
            }
        });
        return projected;
    }

    private Optional<AttributeValue> of(AttributeValue value) {
        if (members.isEmpty() && elements.isEmpty()) {
            return Optional.of(value);
        }
        if (value instanceof Document document && !members.isEmpty()) {
            var parts = of(document.members());
            return parts.isEmpty() ? Optional.empty() : Optional.of(new Document(parts));
        }
        if (value instanceof Array array && !elements.isEmpty()) {
            var parts = new ArrayList<AttributeValue>();
            elements.forEach((index, inner) -> {
                if (index < array.elements().size()) {
                    inner.of(array.elements().get(index)).ifPresent(parts::add);
                }
            });
            return parts.isEmpty() ? Optional.empty() : Optional.of(new Array(parts));
        }
        return Optional.empty();
    }

    static Projection of(List<Path> paths) {
        var root = new Projection();
        for (Path path : paths) {
            Projection at = root.members.computeIfAbsent(path.attribute(), name -> new Projection());
            for (Path.Step step : path.steps()) {
                at = switch (step) {
                    case Path.Step.Member(String name) -> at.members.computeIfAbsent(name, key -> new Projection());
                    case Path.Step.Index(int index) -> at.elements.computeIfAbsent(index, key -> new Projection());
                };
            }
        }
        return root;
    }
}
