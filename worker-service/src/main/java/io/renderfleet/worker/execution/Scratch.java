package io.renderfleet.worker.execution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/** The directory of one attempt, made when it is first asked for and deleted when it is closed. Thread-safe. */
final class Scratch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Scratch.class);

    private @Nullable Path directory;
    private boolean closed;

    synchronized Path directory() throws IOException {
        if (closed) {
            throw new IOException("the attempt is over, and its directory deleted");
        }
        if (directory == null) {
            directory = Files.createTempDirectory("renderfleet-attempt-");
        }
        return directory;
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException | UncheckedIOException e) {
            log.warn("The directory {} of an attempt could not be deleted: {}", directory, e.toString());
        }
    }
}
