package io.renderfleet.worker.execution;

import io.renderfleet.job.JobError;
import io.renderfleet.jobtype.AttemptException.StoppedException;
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
 * Starts the programs of one attempt and kills them, with all their child processes, before the attempt ends.
 *
 * <p>A program does not inherit the worker's environment, because that may contain AWS credentials. It gets
 * {@code PATH}, {@code HOME} and {@code LANG} of the worker, {@code TMPDIR} with the attempt's directory,
 * {@value #MARK}, and the variables that the runner sets to a value other than the worker's own.
 *
 * <p>A process whose parent has ended no longer appears among the descendants of the program. On Linux it is found in
 * {@code /proc} by the variable {@value #MARK}, which child processes inherit. On other systems it is found only if it
 * was seen before its parent ended.
 *
 * <p>Thread-safe.
 */
final class Programs {
    /** The environment variable that identifies the processes of an attempt: job id, slash, attempt number. */
    static final String MARK = "RENDERFLEET_ATTEMPT";

    /** The variables of the worker that programs inherit. */
    private static final Set<String> INHERITED = Set.of("PATH", "HOME", "LANG");

    private static final String TEMPORARY = "TMPDIR";
    private static final Path PROC = Path.of("/proc");
    /** How long to keep killing. A killed process usually ends within milliseconds. */
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
     * @param limit the largest number of processes that may run at the same time
     * @param killAfter the time between SIGTERM and SIGKILL when the attempt is stopped
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
            throw new IOException("The attempt has ended and cannot start programs.");
        }
        if (job.isStopped()) {
            throw new StoppedException();
        }
        if (program.directory() == null) {
            program.directory(scratch.directory().toFile());
        }
        restrictEnvironment(program.environment());
        Process process = program.start();
        seen.add(process.toHandle());
        if (!started) {
            started = true;
            job.onStop(this::terminate);
        }
        return process;
    }

    /** A builder starts with a copy of the worker's variables; variables with other values were set by the runner. */
    private void restrictEnvironment(Map<String, String> environment) throws IOException {
        Map<String, String> ofWorker = System.getenv();
        environment
                .entrySet()
                .removeIf(variable -> !INHERITED.contains(variable.getKey())
                        && variable.getValue().equals(ofWorker.get(variable.getKey())));
        environment.putIfAbsent(TEMPORARY, scratch.directory().toString());
        environment.put(MARK, job.jobId() + "/" + job.number());
    }

    /** Stops the attempt and kills its processes if there are more than the limit. */
    void check() {
        int count = living().size();
        if (count > limit) {
            job.exceed(new JobError(
                    "too-many-processes",
                    "The attempt had " + count + " processes; the limit is " + limit
                            + ". Request less work in one job, or ask the operator to raise"
                            + " renderfleet.worker.process-limit."));
            kill();
        }
    }

    private void terminate() {
        living().forEach(ProcessHandle::destroy);
        CompletableFuture.delayedExecutor(
                        killAfter.toMillis(),
                        TimeUnit.MILLISECONDS,
                        task -> Thread.ofVirtual().name("kill-" + job.jobId()).start(task))
                .execute(this::kill);
    }

    /** Kills all remaining processes; further programs are refused. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        kill();
    }

    /** Repeats until no process is left, because a process may start another one before it ends. */
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
                    "Processes of job {} are still running {} after SIGKILL: {}. Replace this worker's task if they"
                            + " do not end.",
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

    /** Reads the table of processes once, however many processes are known. */
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
            log.warn("Could not list the processes of job {} in {}: {}", job.jobId(), PROC, e.toString());
        }
    }

    private boolean isMarked(Path process) {
        return read(process.resolve("environ"))
                .filter(environment -> ("\0" + environment).contains("\0" + mark + "\0"))
                .isPresent();
    }

    /** A process that has ended stays in the table, as a zombie, until its parent reads its exit status. */
    private static boolean isLiving(ProcessHandle process) {
        return process.isAlive()
                && read(PROC.resolve(Long.toString(process.pid())).resolve("stat"))
                        // The state follows the name, which is in parentheses and may itself contain parentheses.
                        .map(status -> !status.startsWith(") Z", Math.max(0, status.lastIndexOf(')'))))
                        .orElse(true);
    }

    /** Empty if the process has ended, belongs to another user, or the system is not Linux. */
    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
