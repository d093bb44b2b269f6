package io.renderfleet.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that is started, killed, paused and restarted, one process at a time. The output of all its processes is
 * appended to one file. Thread-safe.
 */
final class ManagedProcess {
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(5);

    private final String name;
    private final List<String> command;
    private final Path log;
    private @Nullable Process process;
    private @Nullable Process killed;
    private boolean paused;
    private boolean over;
    private int unexpectedExits;

    ManagedProcess(String name, List<String> command, Path log) {
        this.name = name;
        this.command = List.copyOf(command);
        this.log = log;
    }

    String name() {
        return name;
    }

    /** Starts the program; does nothing while it runs and after {@link #end}. */
    synchronized void start() {
        if (over || isAlive()) {
            return;
        }
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = started;
            var _ = started.onExit().thenAccept(this::exited);
        } catch (IOException e) {
            throw new ChaosException(name + " could not be started: " + e.getMessage(), e);
        }
    }

    synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    private synchronized void exited(Process ended) {
        if (!ended.equals(killed)) {
            unexpectedExits++;
        }
    }

    /** How often a process exited without {@link #kill}. */
    synchronized int unexpectedExits() {
        return unexpectedExits;
    }

    /** Sends SIGKILL and waits until the process has exited. */
    synchronized void kill() {
        Process victim = process;
        if (victim == null || !victim.isAlive()) {
            return;
        }
        resume();
        killed = victim;
        victim.destroyForcibly();
        try {
            if (!victim.waitFor(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ChaosException(name + " was still alive after SIGKILL and " + KILL_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends SIGSTOP: the process keeps its memory and connections and does not run. */
    synchronized void pause() {
        if (isAlive() && !paused) {
            signal("STOP");
            paused = true;
        }
    }

    /** Sends SIGCONT when the process is paused. */
    synchronized void resume() {
        if (paused) {
            signal("CONT");
            paused = false;
        }
    }

    /** Kills the process and prevents further starts. */
    synchronized void end() {
        over = true;
        kill();
    }

    /** Uses the kill command of the shell, which every machine has. */
    private void signal(String signal) {
        if (process == null) {
            return;
        }
        try {
            Process sent = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                    .inheritIO()
                    .start();
            if (!sent.waitFor(SIGNAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS) || sent.exitValue() != 0) {
                throw new ChaosException(name + " could not be sent SIG" + signal);
            }
        } catch (IOException e) {
            throw new ChaosException(name + " could not be sent SIG" + signal + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
