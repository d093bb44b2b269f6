package io.renderfleet.worker.execution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/** The directory of one attempt, made when it is first asked for and deleted when it is closed. Thread-safe. */
final class Scratch implements AutoCloseable {
    /** How many files and directories may be in it, so that a look at it takes a fraction of a second. */
    static final int MAX_ENTRIES = 20_000;

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

    /** Whether its files have more bytes than these, by the sizes that they show, or there are too many of them. */
    boolean exceeds(long bytes) {
        Path root = made();
        if (root == null) {
            return false;
        }
        Sum sum = new Sum(bytes);
        try {
            Files.walkFileTree(root, sum);
        } catch (IOException e) {
            // Something was deleted in the meantime; the next look will tell.
            log.debug("The directory of an attempt could not be read", e);
        }
        return sum.exceeded;
    }

    private synchronized @Nullable Path made() {
        return closed ? null : directory;
    }

    private static final class Sum extends SimpleFileVisitor<Path> {
        private long left;
        private int entries;
        private boolean exceeded;

        Sum(long bytes) {
            this.left = bytes;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return add(0);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return add(attributes.size());
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return add(0);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
        }

        private FileVisitResult add(long size) {
            left -= size;
            entries++;
            exceeded = left < 0 || entries > MAX_ENTRIES;
            return exceeded ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }
    }

    /** Deletes it. To be repeated when somebody may have written to it at the same time. */
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
