package io.renderfleet.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.PrintStream;

/**
 * What the command prints. Results go to standard output; progress, hints and errors go to standard error. Text of other
 * people, such as the name of a design, cannot move the cursor or change the terminal: control characters, and invisible
 * characters that change the order of text, are replaced. Confined to one thread, except {@link #note}.
 */
final class Terminal {
    private static final char REPLACEMENT = '\uFFFD';
    private static final String CLEAR_LINE = "\r\033[K";
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private final PrintStream out;
    private final PrintStream err;
    private final boolean interactive;
    private String progress = "";

    /** @param interactive whether standard error is a terminal, on which a line can be written over */
    Terminal(PrintStream out, PrintStream err, boolean interactive) {
        this.out = out;
        this.err = err;
        this.interactive = interactive;
    }

    boolean isInteractive() {
        return interactive;
    }

    /** Prints a result: text that may have several lines. */
    void print(String text) {
        endProgress();
        out.println(clean(text));
        out.flush();
    }

    /** Prints a result as JSON. */
    void json(Object value) {
        endProgress();
        try {
            out.println(escaped(JSON.writeValueAsString(value)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("What the service returned can always be written", e);
        }
        out.flush();
    }

    /** Prints a result as JSON on one line, for output that grows. */
    void jsonLine(Object value) {
        try {
            out.println(escaped(
                    JSON.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("What the service returned can always be written", e);
        }
        out.flush();
    }

    /** Prints a hint or an error. */
    void note(String text) {
        endProgress();
        err.println(clean(text));
        err.flush();
    }

    /** Shows progress: on a terminal in place of the line before, elsewhere as a line of its own when it has changed. */
    void progress(String line, String plain) {
        String text = cell(interactive ? line : plain);
        if (text.equals(progress)) {
            return;
        }
        if (interactive) {
            err.print(CLEAR_LINE + text);
        } else {
            err.println(text);
        }
        err.flush();
        progress = text;
    }

    /** Keeps the last line of progress. */
    private void endProgress() {
        if (interactive && !progress.isEmpty()) {
            err.println();
        }
        progress = "";
    }

    /** The text with the characters replaced that a terminal would obey; line breaks and tabs remain. */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> point == '\n' || point == '\t' || !isUnsafe(point) ? point : REPLACEMENT)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /** The text as part of one line. */
    static String cell(String text) {
        return clean(text).replace('\n', ' ').replace('\t', ' ');
    }

    /** In JSON, such characters can only be inside of strings, where an escape means the same. */
    private static String escaped(String json) {
        StringBuilder escaped = new StringBuilder(json.length());
        json.codePoints().forEach(point -> {
            if (point == '\n' || !isUnsafe(point)) {
                escaped.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    escaped.append("\\u%04x".formatted((int) unit));
                }
            }
        });
        return escaped.toString();
    }

    private static boolean isUnsafe(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
