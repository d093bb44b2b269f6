package io.renderfleet.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What a command printed, and its exit code. */
record CommandRun(int exitCode, String out, String err) {
    /** Runs a command in this process, without a terminal, for the user {@code user-1}. */
    static CommandRun of(URI service, String... arguments) {
        return of(service, false, Map.of("RENDERFLEET_USER", "user-1"), arguments);
    }

    static CommandRun of(URI service, boolean terminal, Map<String, String> environment, String... arguments) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("RENDERFLEET_URL", service.toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
        int code = Renderfleet.commandLine(all, new Terminal(outStream, errStream, terminal), outStream, errStream)
                .execute(arguments);
        return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
