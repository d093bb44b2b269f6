package io.renderfleet.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Waits until processes are ready. */
final class Readiness {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final int OK = 200;

    private Readiness() {}

    /** Waits until the program has printed this text. */
    static void awaitLine(Path log, String text, ManagedProcess process, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!contains(log, text)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new ChaosException(process.name() + " did not start within " + limit + "; see " + log);
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    private static boolean contains(Path log, String text) {
        try {
            return Files.exists(log) && Files.readString(log).contains(text);
        } catch (IOException e) {
            throw new ChaosException(log + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Waits until each process has answered its readiness probe with 200.
     *
     * @param probes the address of each process's readiness probe
     */
    static void awaitAll(Map<ManagedProcess, URI> probes, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build()) {
            for (Map.Entry<ManagedProcess, URI> probe : probes.entrySet()) {
                while (!isReady(http, probe.getValue())) {
                    ManagedProcess process = probe.getKey();
                    if (!process.isAlive()) {
                        throw new ChaosException(process.name() + " exited before it was ready; see its log.");
                    }
                    if (System.nanoTime() > deadline) {
                        throw new ChaosException(process.name() + " was not ready within " + limit + "; see its log.");
                    }
                    TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
                }
            }
        }
    }

    /** The names of those processes that do not answer their readiness probe with 200 now. */
    static List<String> unready(Map<ManagedProcess, URI> probes) throws InterruptedException {
        List<String> unready = new ArrayList<>();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build()) {
            for (Map.Entry<ManagedProcess, URI> probe : probes.entrySet()) {
                if (!isReady(http, probe.getValue())) {
                    unready.add(probe.getKey().name());
                }
            }
        }
        return unready;
    }

    private static boolean isReady(HttpClient http, URI probe) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(probe).timeout(ANSWER).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException e) {
            // The process does not listen yet.
            return false;
        }
    }
}
