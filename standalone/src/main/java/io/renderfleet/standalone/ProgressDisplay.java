package io.renderfleet.standalone;

import java.io.Console;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines that change in place on a terminal; elsewhere each line is printed when its text has changed. */
final class ProgressDisplay {
    private final PrintStream out;
    private final boolean terminal;
    private List<String> shown = List.of();

    private ProgressDisplay(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    static ProgressDisplay on(PrintStream out) {
        return new ProgressDisplay(
                out,
                Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent());
    }

    void show(List<String> lines) {
        if (terminal) {
            StringBuilder frame = new StringBuilder();
            if (!shown.isEmpty()) {
                frame.append("\033[").append(shown.size()).append('A');
            }
            lines.forEach(line -> frame.append("\033[2K").append(line).append('\n'));
            out.print(frame);
        } else {
            for (int i = 0; i < lines.size(); i++) {
                if (i >= shown.size() || !lines.get(i).equals(shown.get(i))) {
                    out.println(lines.get(i));
                }
            }
        }
        out.flush();
        shown = new ArrayList<>(lines);
    }
}
