package io.renderfleet.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that is started, killed, stopped and started again, one process at a time. What all its lives print goes to
 * one file. Thread-safe.
 */
final class ManagedProcess {
    private static final Duration DEATH = Duration.ofSeconds(10);
    private static final Duration SIGNAL = Duration.ofSeconds(5);

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

    /** Starts it; does nothing when it runs, or after {@link #end}. */
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

    /** How often it ended although nobody here had killed it. */
    synchronized int unexpectedExits() {
        return unexpectedExits;
    }

    /** SIGKILL, and waits until it is dead: it does nothing any more when this returns. */
    synchronized void kill() {
        Process victim = process;
        if (victim == null || !victim.isAlive()) {
            return;
        }
        resume();
        killed = victim;
        victim.destroyForcibly();
        try {
            if (!victim.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ChaosException(name + " outlived SIGKILL by " + DEATH);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGSTOP: it keeps its memory and connections, and does nothing. */
    synchronized void pause() {
        if (isAlive() && !paused) {
            signal("STOP");
            paused = true;
        }
    }

    /** SIGCONT; harmless when it is not stopped. */
    synchronized void resume() {
        if (paused) {
            signal("CONT");
            paused = false;
        }
    }

    /** Kills it for good. */
    synchronized void end() {
        over = true;
        kill();
    }

    /** The shell's own kill, since no machine has to have another. */
    private void signal(String signal) {
        if (process == null) {
            return;
        }
        try {
            Process sent = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                    .inheritIO()
                    .start();
            if (!sent.waitFor(SIGNAL.toMillis(), TimeUnit.MILLISECONDS) || sent.exitValue() != 0) {
                throw new ChaosException(name + " could not be sent SIG" + signal);
            }
        } catch (IOException e) {
            throw new ChaosException(name + " could not be sent SIG" + signal + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
