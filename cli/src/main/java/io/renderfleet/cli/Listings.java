package io.renderfleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.report.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Tables of JSON objects. */
final class Listings {
    private Listings() {}

    /**
     * A table with a row for each object.
     *
     * @param columns the fields that are shown; a dot leads into an object, and a field that is missing shows as -
     */
    static String table(Iterable<JsonNode> items, String... columns) {
        TextTable table =
                new TextTable(List.of(columns).stream().map(Listings::header).toList(), Set.of());
        boolean empty = true;
        for (JsonNode item : items) {
            empty = false;
            table.row(List.of(columns).stream()
                    .map(column -> text(item.at("/" + column.replace('.', '/'))))
                    .toList());
        }
        return empty ? "None." : table.text().stripTrailing();
    }

    /** One line with the named fields of an object. */
    static String line(JsonNode item, String... columns) {
        return List.of(columns).stream()
                .map(column ->
                        header(column).toLowerCase(Locale.ROOT) + " " + text(item.at("/" + column.replace('.', '/'))))
                .collect(Collectors.joining(", "));
    }

    /** The last part of a name, in words: {@code counts.inFlight} is IN FLIGHT. */
    private static String header(String column) {
        return column.substring(column.lastIndexOf('.') + 1)
                .replaceAll("([a-z])([A-Z])", "$1 $2")
                .toUpperCase(Locale.ROOT);
    }

    private static String text(JsonNode value) {
        String text =
                value.isMissingNode() || value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString();
        return text.isEmpty() ? "-" : Terminal.cell(text);
    }
}
