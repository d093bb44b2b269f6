package io.renderfleet.worker.execution;

import io.renderfleet.job.JobError;
import io.renderfleet.jobtype.StoppedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs that one attempt started, with all that those started. None of them outlives the attempt.
 *
 * <p>A process whose parent has ended is nobody's descendant any more. It is found by a variable that all inherit, in
 * {@code /proc} of Linux; elsewhere it is found when it was seen before its parent ended.
 *
 * <p>Thread-safe.
 */
final class Programs {
    /** Names the attempt in the environment of its processes. */
    static final String MARK = "RENDERFLEET_ATTEMPT";

    private static final String TEMPORARY = "TMPDIR";
    private static final Path PROC = Path.of("/proc");
    /** A process that is killed is gone within milliseconds, unless the kernel is busy with it. */
    private static final Duration LONGEST_KILL = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Logger log = LoggerFactory.getLogger(Programs.class);

    private final RunningJob job;
    private final Scratch scratch;
    private final int limit;
    private final Duration killAfter;
    private final String mark;
    private final Set<ProcessHandle> seen = new HashSet<>();
    private boolean started;
    private boolean ended;

    /**
     * @param limit how many processes may live at a time
     * @param killAfter how long they have to end when the attempt is to stop
     */
    Programs(RunningJob job, Scratch scratch, int limit, Duration killAfter) {
        this.job = job;
        this.scratch = scratch;
        this.limit = limit;
        this.killAfter = killAfter;
        this.mark = MARK + "=" + job.jobId() + "/" + job.number();
    }

    synchronized Process start(ProcessBuilder program) throws IOException {
        if (ended) {
            throw new IOException("The attempt is over, and starts no more programs.");
        }
        if (job.isStopped()) {
            throw new StoppedException();
        }
        if (program.directory() == null) {
            program.directory(scratch.directory().toFile());
        }
        Map<String, String> environment = program.environment();
        environment.put(MARK, job.jobId() + "/" + job.number());
        String temporary = environment.get(TEMPORARY);
        if (temporary == null || temporary.equals(System.getenv(TEMPORARY))) {
            environment.put(TEMPORARY, scratch.directory().toString());
        }
        Process process = program.start();
        seen.add(process.toHandle());
        if (!started) {
            started = true;
            job.onStop(this::askToEnd);
        }
        return process;
    }

    /** Stops the attempt when it has too many processes, and kills them. */
    void check() {
        int count = living().size();
        if (count > limit) {
            job.exceed(new JobError(
                    "too-many-processes",
                    "The attempt had " + count + " processes, and may have " + limit
                            + ". Ask for fewer at a time, or have renderfleet.worker.process-limit raised."));
            kill();
        }
    }

    private void askToEnd() {
        living().forEach(ProcessHandle::destroy);
        CompletableFuture.delayedExecutor(
                        killAfter.toMillis(),
                        TimeUnit.MILLISECONDS,
                        task -> Thread.ofVirtual().name("kill-" + job.jobId()).start(task))
                .execute(this::kill);
    }

    /** Kills all that is left, and starts no more. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        kill();
    }

    /** Again and again, because a process may start another one before it dies. */
    private void kill() {
        boolean interrupted = Thread.interrupted();
        long start = System.nanoTime();
        Set<ProcessHandle> living = living();
        while (!living.isEmpty() && System.nanoTime() - start < LONGEST_KILL.toNanos()) {
            living.forEach(ProcessHandle::destroyForcibly);
            LockSupport.parkNanos(PAUSE.toNanos());
            living = living();
        }
        if (!living.isEmpty()) {
            log.error(
                    "Processes of job {} are still there {} after they were killed: {}",
                    job.jobId(),
                    LONGEST_KILL,
                    living.stream().map(ProcessHandle::pid).toList());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Set<ProcessHandle> living() {
        if (started) {
            addDescendants();
            addMarked();
        }
        seen.removeIf(process -> !isLiving(process));
        return Set.copyOf(seen);
    }

    /** By one look at all processes, whatever the number of those that were seen. */
    private void addDescendants() {
        Map<ProcessHandle, List<ProcessHandle>> children = ProcessHandle.allProcesses()
                .filter(process -> process.parent().isPresent())
                .collect(Collectors.groupingBy(process -> process.parent().orElse(process)));
        Deque<ProcessHandle> parents = new ArrayDeque<>(seen);
        while (!parents.isEmpty()) {
            for (ProcessHandle child : children.getOrDefault(parents.remove(), List.of())) {
                if (seen.add(child)) {
                    parents.add(child);
                }
            }
        }
    }

    private void addMarked() {
        if (!Files.isDirectory(PROC)) {
            return;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (isMarked(process)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(seen::add);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.warn("The processes of job {} could not be listed: {}", job.jobId(), e.toString());
        }
    }

    private boolean isMarked(Path process) {
        return read(process.resolve("environ"))
                .filter(environment -> ("\0" + environment).contains("\0" + mark + "\0"))
                .isPresent();
    }

    /** One that has ended and that nobody has waited for is still listed; it runs no more. */
    private static boolean isLiving(ProcessHandle process) {
        return process.isAlive()
                && read(PROC.resolve(Long.toString(process.pid())).resolve("stat"))
                        // The state comes after the name, which is in parentheses and may have some itself.
                        .map(status -> !status.startsWith(") Z", Math.max(0, status.lastIndexOf(')'))))
                        .orElse(true);
    }

    /** Empty when the process has ended, is somebody else's, or this is not Linux. */
    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
