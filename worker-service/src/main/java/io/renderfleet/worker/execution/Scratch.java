package io.renderfleet.worker.execution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/** The directory of one attempt, created at its first use and deleted by {@link #close}. Thread-safe. */
final class Scratch implements AutoCloseable {
    /** The largest number of files and directories, so that one check takes a fraction of a second. */
    static final int MAX_ENTRIES = 20_000;

    private static final Logger log = LoggerFactory.getLogger(Scratch.class);

    private static final String PREFIX = "renderfleet-attempt-";

    private @Nullable Path directory;
    private boolean closed;

    /** Deletes the directories of attempts whose process was killed. No attempt of another process may use them. */
    static void deleteLeft(Path temporary) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (Path directory : left) {
                FileSystemUtils.deleteRecursively(directory);
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.warn(
                    "Could not delete what killed attempts left in {}; it takes disk space: {}",
                    temporary,
                    e.toString());
        }
    }

    synchronized Path directory() throws IOException {
        if (closed) {
            throw new IOException("the attempt has ended and its directory is deleted");
        }
        if (directory == null) {
            directory = Files.createTempDirectory(PREFIX);
        }
        return directory;
    }

    /**
     * Whether the lengths of its files add up to more than these bytes, or there are more than {@link #MAX_ENTRIES}.
     */
    boolean exceeds(long bytes) {
        Path root = existing();
        if (root == null) {
            return false;
        }
        Sum sum = new Sum(bytes);
        try {
            Files.walkFileTree(root, sum);
        } catch (IOException e) {
            // A file was deleted in the meantime; the next check, a second later, decides.
            log.debug("Could not read the directory of an attempt", e);
        }
        return sum.exceeded;
    }

    private synchronized @Nullable Path existing() {
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

    /** Deletes the directory. Can be repeated, because a program may have created files during the deletion. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException | UncheckedIOException e) {
            log.warn(
                    "Could not delete the directory {} of an attempt; it takes disk space until it is deleted: {}",
                    directory,
                    e.toString());
        }
    }
}
