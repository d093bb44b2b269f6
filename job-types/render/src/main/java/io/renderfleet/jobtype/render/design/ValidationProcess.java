package io.renderfleet.jobtype.render.design;

import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that validates designs and draws their thumbnails with its own heap, memory and time limits, so that no file can take the memory or the
 * time of the service. It runs {@link ValidationMain}, has none of the service's environment variables, and ends with
 * the service.
 *
 * <p>Not thread-safe: one file at a time. A process that failed to answer has been killed and cannot be used again.
 */
final class ValidationProcess implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ValidationProcess.class);

    /** A start takes below a second; a busy machine may take many times that. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** How long the drawing of a thumbnail may take beyond its time, until it notices that it must stop. */
    private static final Duration STOP_TIME = Duration.ofSeconds(1);

    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    /** How often the memory of the process is measured while it reads a file. */
    private static final Duration POLL = Duration.ofMillis(20);

    /** What the process may use outside its heap: the JVM, its code and threads, and image readers. */
    private static final long OUTSIDE_HEAP = 128L << 20;

    private static final String END_OF_OUTPUT = "";
    /** Above the largest answer, a thumbnail. */
    private static final int MAX_LINE = 256 * 1024;

    private static final int MAX_ERRORS = 4 * 1024;

    /** The exit code of a JVM with {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int OUT_OF_MEMORY = 3;

    private final Process process;
    private final Writer files;
    private final Duration limit;
    private final long memoryLimit;
    private final CompletableFuture<String> errors = new CompletableFuture<>();

    /** The lines that were not read yet. Few fit, because the process writes one line for each file. */
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(4);

    /** Why a process was ended or ended itself. */
    enum Cause {
        TOO_SLOW,
        TOO_LARGE,
        CRASHED
    }

    /** The process ended without an answer. */
    static final class EndedException extends Exception {
        private final transient Cause reason;

        private EndedException(Cause reason, String message) {
            super(message);
            this.reason = reason;
        }

        Cause reason() {
            return reason;
        }
    }

    private ValidationProcess(Process process, Duration limit, long heap) {
        this.process = process;
        this.limit = limit;
        this.memoryLimit = heap + OUTSIDE_HEAP;
        this.files = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        // Platform threads, because reading from a pipe occupies the carrier of a virtual thread.
        Thread.ofPlatform().name("validation-answers").daemon().start(() -> readLines(process.getInputStream()));
        Thread.ofPlatform()
                .name("validation-errors")
                .daemon()
                .start(() -> errors.complete(tail(process.getErrorStream())));
    }

    /**
     * Starts a process and waits until it can validate files.
     *
     * @throws IOException if it cannot be started; the message has what the process wrote about it
     */
    static ValidationProcess start(InspectionSettings settings, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.directory(new File(System.getProperty("java.io.tmpdir")));
        ValidationProcess started = new ValidationProcess(
                builder.start(), settings.timeout(), settings.memory().toBytes());
        try {
            String line = started.line(START_LIMIT);
            if (!line.equals(ValidationMain.READY)) {
                started.close();
                throw new IOException("the process that validates designs wrote '" + line + "' at its start");
            }
            return started;
        } catch (EndedException e) {
            throw new IOException("the process that validates designs did not start: " + e.getMessage(), e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Validates a file.
     *
     * @throws EndedException if the process exceeded a limit or ended; it has been killed
     */
    ValidationAnswer validate(Path file) throws EndedException {
        String line = answer(file.toAbsolutePath().toString(), limit);
        try {
            return ValidationAnswer.read(line);
        } catch (IOException e) {
            throw ended(Cause.CRASHED, "its answer cannot be read: " + e.getMessage());
        }
    }

    /**
     * Draws the thumbnail of a file.
     *
     * @param time how long it may take; {@link #STOP_TIME} later, a process that has not answered is killed
     * @return a JPEG; empty if the process could not draw the file in this time
     * @throws EndedException if the process exceeded a limit or ended; it has been killed
     */
    Optional<byte[]> draw(Path file, Duration time) throws EndedException {
        String line = answer(ValidationMain.DRAW + time.toMillis() + " " + file.toAbsolutePath(), time.plus(STOP_TIME));
        if (line.startsWith(ValidationMain.NOT_DRAWN)) {
            log.debug("A design has no thumbnail: {}", line);
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(line));
        } catch (IllegalArgumentException e) {
            throw ended(Cause.CRASHED, "its answer is not a picture: " + e.getMessage());
        }
    }

    private String answer(String request, Duration atMost) throws EndedException {
        if (!lines.isEmpty()) {
            // Otherwise this line would count as the answer.
            throw ended(Cause.CRASHED, "it wrote a line without a request");
        }
        try {
            files.write(request + "\n");
            files.flush();
        } catch (IOException e) {
            throw ended(Cause.CRASHED, "it does not read its input: " + e.getMessage());
        }
        return line(atMost);
    }

    private String line(Duration atMost) throws EndedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            try {
                String line = lines.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
                if (line != null) {
                    if (line.equals(END_OF_OUTPUT)) {
                        throw endedItself();
                    }
                    return line;
                }
                if (residentMemory() > memoryLimit) {
                    throw ended(Cause.TOO_LARGE, "it took more than " + (memoryLimit >> 20) + " MiB of memory");
                }
                if (System.nanoTime() > end) {
                    throw ended(Cause.TOO_SLOW, "it did not answer within " + atMost.toSeconds() + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ended(Cause.CRASHED, "the thread that waits for it was interrupted");
            }
        }
    }

    /** Until the output ends, or a line is too long. */
    private void readLines(InputStream output) {
        byte[] line = new byte[MAX_LINE];
        int length = 0;
        try (output) {
            for (int next = output.read(); next >= 0 && length < MAX_LINE; next = output.read()) {
                if (next == '\n') {
                    lines.add(new String(line, 0, length, StandardCharsets.UTF_8).strip());
                    length = 0;
                } else {
                    line[length++] = (byte) next;
                }
            }
        } catch (IOException | IllegalStateException e) {
            log.debug("The output of the process that validates designs cannot be read: {}", e.toString());
        }
        process.destroyForcibly();
        lines.clear();
        lines.add(END_OF_OUTPUT);
    }

    /** The memory that the process occupies in bytes; 0 on systems that do not tell. */
    private long residentMemory() {
        try (Stream<String> status = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return status.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private EndedException endedItself() {
        // The end of the output comes before the exit code.
        try {
            if (process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == OUT_OF_MEMORY) {
                return ended(Cause.TOO_LARGE, "its heap is full");
            }
            return ended(Cause.CRASHED, "it ended: " + errors.get(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("The errors of the process that validates designs are unknown: {}", e.toString());
        }
        return ended(Cause.CRASHED, "it ended");
    }

    private EndedException ended(Cause cause, String message) {
        close();
        return new EndedException(cause, message);
    }

    private static String tail(InputStream errors) {
        StringBuilder text = new StringBuilder();
        byte[] chunk = new byte[1024];
        try (errors) {
            for (int read = errors.read(chunk); read >= 0; read = errors.read(chunk)) {
                text.append(new String(chunk, 0, read, StandardCharsets.UTF_8));
                text.delete(0, Math.max(0, text.length() - MAX_ERRORS));
            }
        } catch (IOException e) {
            log.debug("The errors of the process that validates designs cannot be read: {}", e.toString());
        }
        return text.isEmpty() ? "without a message" : text.toString().strip();
    }

    /** Kills the process. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
