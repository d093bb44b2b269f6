package io.renderfleet.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table of text with aligned columns, each as wide as its widest cell. Not thread-safe. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<String> header;
    private final Set<Integer> numbers;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Creates a table without rows.
     *
     * @param header the headers of the columns
     * @param numbers the indexes, from 0, of the columns that are aligned to the right
     */
    public TextTable(List<String> header, Set<Integer> numbers) {
        this.header = header;
        this.numbers = numbers;
        rows.add(header);
    }

    public void row(List<String> cells) {
        if (cells.size() != header.size()) {
            throw new IllegalArgumentException("a row has " + cells.size() + " cells, the header has " + header.size());
        }
        rows.add(List.copyOf(cells));
    }

    /** Adds a line of text that does not affect the widths of the columns. */
    public void title(String text) {
        rows.add(List.of(text));
    }

    public String text() {
        int[] widths = IntStream.range(0, header.size())
                .map(column -> rows.stream()
                        .filter(row -> row.size() == header.size())
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n", "", "\n"));
    }

    private String line(List<String> row, int[] widths) {
        if (row.size() == 1 && header.size() > 1) {
            return "\n" + row.getFirst();
        }
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            String padding = " ".repeat(widths[column] - cell.length());
            line.append(column == 0 ? "" : GAP).append(numbers.contains(column) ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }
}
