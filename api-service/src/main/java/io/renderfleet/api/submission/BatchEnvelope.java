package io.renderfleet.api.submission;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.renderfleet.api.body.StrictJson;
import io.renderfleet.api.body.Violations;
import io.renderfleet.api.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes a batch apart without looking into its jobs, so that each can be refused on its own. */
final class BatchEnvelope {
    static final int MAX_JOBS = 100;

    private BatchEnvelope() {}

    /** The text of each job; {@link ProblemException} when the envelope is at fault. */
    static List<String> jobs(String text) {
        Violations violations = new Violations();
        List<String> jobs = StrictJson.with(text, parser -> envelope(parser, text, violations));
        if (jobs == null) {
            violations.add("jobs", "is required");
        } else if (jobs.isEmpty()) {
            violations.add("jobs", "must hold 1 to " + MAX_JOBS + " jobs");
        }
        violations.throwIfAny();
        return jobs == null ? List.of() : jobs;
    }

    /** Null when there are no jobs at all. */
    private static @Nullable List<String> envelope(JsonParser parser, String text, Violations violations)
            throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw StrictJson.malformed("The body must be a JSON object with the field jobs.");
        }
        List<String> jobs = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (!name.equals("jobs")) {
                violations.add(name, "is unknown; known is jobs");
                parser.skipChildren();
            } else if (value != JsonToken.START_ARRAY) {
                violations.add("jobs", "must be an array");
                parser.skipChildren();
            } else {
                if (jobs != null) {
                    violations.add("jobs", "is given twice");
                }
                jobs = elements(parser, text, violations);
            }
        }
        if (parser.nextToken() != null) {
            throw StrictJson.malformed("The body goes on after its JSON value.");
        }
        return jobs;
    }

    private static List<String> elements(JsonParser parser, String text, Violations violations) throws IOException {
        List<String> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int start = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
            parser.skipChildren();
            if (elements.size() == MAX_JOBS) {
                violations.add("jobs", "must hold 1 to " + MAX_JOBS + " jobs; send the others in another batch");
                continue;
            }
            // A scalar's end is known only once it was read; asking for its text reads it.
            parser.getText();
            elements.add(text.substring(
                    start, Math.toIntExact(parser.currentLocation().getCharOffset())));
        }
        return elements;
    }
}
