package io.renderfleet.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Waits until processes are up. */
final class Readiness {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final int OK = 200;

    private Readiness() {}

    /** Until the program has printed a line with this in it. */
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
     * Until each process has answered its readiness probe with 200.
     *
     * @param probes the processes and their probes
     */
    static void awaitAll(Map<ManagedProcess, URI> probes, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build()) {
            for (Map.Entry<ManagedProcess, URI> probe : probes.entrySet()) {
                while (!isReady(http, probe.getValue())) {
                    if (System.nanoTime() > deadline) {
                        throw new ChaosException(probe.getKey().name() + " was not ready within " + limit);
                    }
                    TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
                }
            }
        }
    }

    private static boolean isReady(HttpClient http, URI probe) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(probe).timeout(ANSWER).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException e) {
            // Not listening yet.
            return false;
        }
    }
}
