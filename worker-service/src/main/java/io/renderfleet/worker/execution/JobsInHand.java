package io.renderfleet.worker.execution;

import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that name the jobs that a worker runs, one for each job. When the process is killed they remain, so that the
 * process that is started after it in the same container knows which jobs it was running. Without a directory, nothing
 * is written.
 *
 * <p>Thread-safe. Errors of the file system are logged and have no other effect.
 */
final class JobsInHand {
    /** The file with which the script that starts the worker says that the kernel killed the process for its memory. */
    static final String OUT_OF_MEMORY = "out-of-memory";

    private static final Logger log = LoggerFactory.getLogger(JobsInHand.class);

    private final @Nullable Path directory;
    private final List<Left> left = new ArrayList<>();
    private boolean leftForMemory;

    /**
     * A job and the attempt at it.
     *
     * @param number the attempt's number
     */
    record Left(JobId id, int number) {}

    /**
     * Reads and deletes the files that another process has left, and the directories of its attempts.
     *
     * @param directory null to keep no files, and delete none
     * @param temporary where attempts have their directories
     */
    JobsInHand(@Nullable Path directory, Path temporary) {
        this.directory = directory;
        if (directory != null) {
            Scratch.deleteLeft(temporary);
            try {
                Files.createDirectories(directory);
                takeLeft(directory);
            } catch (IOException e) {
                failed(e);
            }
        }
    }

    private void takeLeft(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.equals(OUT_OF_MEMORY)) {
                leftForMemory = true;
            } else {
                try {
                    left.add(new Left(
                            JobId.of(name),
                            Integer.parseInt(Files.readString(file).strip())));
                } catch (IllegalArgumentException e) {
                    log.warn("Ignoring the file {}: it does not name a job and its attempt", file);
                }
            }
            Files.deleteIfExists(file);
        }
    }

    /** The attempts that another process was running when it ended. */
    List<Left> left() {
        return List.copyOf(left);
    }

    /** Whether that process was killed because the container's memory was used up. */
    boolean isLeftForMemory() {
        return leftForMemory;
    }

    void add(Job job) {
        if (directory != null) {
            try {
                Files.writeString(directory.resolve(job.id().toString()), Integer.toString(job.attempt()));
            } catch (IOException e) {
                failed(e);
            }
        }
    }

    void remove(Job job) {
        if (directory != null) {
            try {
                Files.deleteIfExists(directory.resolve(job.id().toString()));
            } catch (IOException e) {
                failed(e);
            }
        }
    }

    private void failed(IOException e) {
        log.warn(
                "Cannot keep the list of running jobs in {}; if this process is killed for its memory, its jobs are not"
                        + " charged: {}",
                directory,
                e.toString());
    }
}
