package io.renderfleet.jobtype.inference.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with placeholders such as {@code {event.cameraId}} and {@code {group.speed}}. A brace before a letter begins a
 * placeholder unless it is written twice; other braces, such as those of JSON, stand for themselves.
 */
final class PromptTemplate {
    private static final String EVENT = "event";
    private static final String GROUP = "group";

    /** The fields of an event that a prompt can have. Images go beside the prompt. */
    private static final Set<String> EVENT_FIELDS = Set.of("cameraId", "timestamp", "detectedObjects", "trafficGroups");

    private static final Pattern BRACE = Pattern.compile("\\{\\{|\\{(?=[A-Za-z_])([^{}\\s]*)(}?)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private final List<Part> parts = new ArrayList<>();

    /** A piece of the text. */
    private sealed interface Part {
        record Literal(String text) implements Part {}

        /** @param path the names of the fields, from the outermost one */
        record Placeholder(String text, boolean ofGroup, List<String> path) implements Part {}
    }

    /** An event does not have what a placeholder stands for. */
    static final class MissingFieldException extends Exception {
        private final String placeholder;

        MissingFieldException(String placeholder) {
            this.placeholder = placeholder;
        }

        /** The placeholder with its braces. */
        String placeholder() {
            return placeholder;
        }
    }

    private PromptTemplate() {}

    /**
     * Parses a text.
     *
     * @param mistakes receives one sentence for each placeholder that no event can fill; the template is not usable then
     */
    static PromptTemplate parse(String text, Consumer<String> mistakes) {
        PromptTemplate template = new PromptTemplate();
        Matcher brace = BRACE.matcher(text);
        int end = 0;
        while (brace.find()) {
            template.parts.add(new Part.Literal(text.substring(end, brace.start())));
            end = brace.end();
            if (brace.group().equals("{{")) {
                template.parts.add(new Part.Literal("{"));
            } else if (brace.group(2).isEmpty()) {
                mistakes.accept("The placeholder " + brace.group() + " is not closed by a brace. Write {{ for a brace"
                        + " that begins no placeholder.");
            } else {
                template.placeholder(brace.group(), List.of(brace.group(1).split("\\.", -1)), mistakes);
            }
        }
        template.parts.add(new Part.Literal(text.substring(end)));
        return template;
    }

    private void placeholder(String text, List<String> path, Consumer<String> mistakes) {
        if (!path.stream().allMatch(name -> NAME.matcher(name).matches())) {
            mistakes.accept("The placeholder " + text + " must be names joined by dots, such as {group.speed}. Write {{"
                    + " for a brace that begins no placeholder.");
            return;
        }
        String top = path.getFirst();
        List<String> fields = path.subList(1, path.size());
        if (!top.equals(EVENT) && !top.equals(GROUP)) {
            mistakes.accept("The placeholder " + text + " must begin with event or group. Write {{ for a brace that"
                    + " begins no placeholder.");
        } else if (top.equals(EVENT)
                && !fields.isEmpty()
                && (fields.size() > 1 || !EVENT_FIELDS.contains(fields.getFirst()))) {
            mistakes.accept("No event has a field for the placeholder " + text + ". Events have {event.cameraId},"
                    + " {event.timestamp}, {event.detectedObjects} and {event.trafficGroups}.");
        } else {
            parts.add(new Part.Placeholder(text, top.equals(GROUP), List.copyOf(fields)));
        }
    }

    /** Whether the text has the whole group as JSON. */
    boolean hasWholeGroup() {
        return parts.stream()
                .anyMatch(part -> part instanceof Part.Placeholder placeholder
                        && placeholder.ofGroup()
                        && placeholder.path().isEmpty());
    }

    /**
     * Fills in the placeholders.
     *
     * @param event an object with the event's fields
     * @param group the object of the task
     * @param shownGroup what stands for the whole group
     */
    String fill(JsonNode event, JsonNode group, JsonNode shownGroup) throws MissingFieldException {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String literal) -> text.append(literal);
                case Part.Placeholder placeholder -> text.append(value(placeholder, event, group, shownGroup));
            }
        }
        return text.toString();
    }

    private static String value(Part.Placeholder placeholder, JsonNode event, JsonNode group, JsonNode shownGroup)
            throws MissingFieldException {
        JsonNode value = placeholder.ofGroup() ? (placeholder.path().isEmpty() ? shownGroup : group) : event;
        for (String name : placeholder.path()) {
            value = value.path(name);
        }
        if (value.isMissingNode() || value.isNull()) {
            throw new MissingFieldException(placeholder.text());
        }
        return value.isTextual() ? value.asText() : value.toString();
    }
}
