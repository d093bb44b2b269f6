package io.renderfleet.bench.report;

import io.renderfleet.report.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The measured figures in sections, in the order in which they were added, as text and as JSON. Not thread-safe. */
public final class BenchReport {
    private static final String MISSED = "missed";
    private static final String MISSED_REQUIRED = "missed (required)";

    private final Map<String, String> machine;
    private final Map<String, List<Figure>> sections = new LinkedHashMap<>();
    private final List<CallTable> calls = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Creates a report without figures.
     *
     * @param machine the properties of the machine by name
     */
    public BenchReport(Map<String, String> machine) {
        this.machine = new LinkedHashMap<>(machine);
    }

    public void add(String section, List<Figure> figures) {
        sections.computeIfAbsent(section, unseen -> new ArrayList<>()).addAll(figures);
    }

    public void add(CallTable table) {
        calls.add(table);
    }

    /** Adds a sentence about how figures were measured. */
    public void note(String sentence) {
        notes.add(sentence);
    }

    /** The figures that missed a required target. */
    public List<Figure> broken() {
        return sections.values().stream()
                .flatMap(List::stream)
                .filter(Figure::isBroken)
                .toList();
    }

    /** The report as text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        machine.forEach((name, value) -> text.append("%-8s %s%n".formatted(name, value)));
        TextTable table = new TextTable(
                List.of("", "value or p50", "p95", "p99", "unit", "target", "", "other systems"), Set.of(1, 2, 3));
        sections.forEach((section, figures) -> {
            table.title(section);
            figures.forEach(figure -> table.row(cells(figure)));
        });
        text.append('\n').append(table.text());
        calls.forEach(counted -> text.append('\n').append(counted.text()));
        if (!notes.isEmpty()) {
            text.append('\n');
            notes.forEach(note -> text.append(note).append('\n'));
        }
        return text.toString();
    }

    private static List<String> cells(Figure figure) {
        List<String> cells = new ArrayList<>();
        cells.add("  " + figure.label());
        for (int i = 0; i < 3; i++) {
            cells.add(i < figure.values().size() ? Amount.shown(figure.values().get(i)) : "");
        }
        cells.add(figure.unit());
        cells.add(figure.target() == null ? "" : figure.target().shown());
        cells.add(figure.isMet() ? "" : figure.isBroken() ? MISSED_REQUIRED : MISSED);
        cells.add(figure.others());
        return cells;
    }

    /** The report as maps, lists, strings and numbers, for JSON. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("machine", machine);
        json.put(
                "figures",
                sections.entrySet().stream()
                        .flatMap(section -> section.getValue().stream().map(figure -> json(section.getKey(), figure)))
                        .toList());
        json.put("calls", calls.stream().map(CallTable::json).toList());
        json.put("notes", notes);
        return json;
    }

    private static Map<String, Object> json(String section, Figure figure) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("section", section);
        json.put("key", figure.key());
        json.put("label", figure.label());
        if (figure.values().size() == 1) {
            json.put("value", figure.values().getFirst());
        } else {
            json.put("p50", figure.values().get(0));
            json.put("p95", figure.values().get(1));
            json.put("p99", figure.values().get(2));
        }
        json.put("unit", figure.unit());
        if (figure.target() != null) {
            json.put(
                    "target",
                    Map.of(
                            "bound", figure.target().bound(),
                            "limit", figure.target().limit(),
                            "mustHold", figure.target().binding(),
                            "met", figure.isMet()));
        }
        if (!figure.others().isEmpty()) {
            json.put("others", figure.others());
        }
        return json;
    }
}
