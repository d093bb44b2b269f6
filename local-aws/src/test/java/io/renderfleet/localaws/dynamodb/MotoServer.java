package io.renderfleet.localaws.dynamodb;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Moto's server, which emulates DynamoDB too, in a process of its own on loopback. */
final class MotoServer implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofMinutes(1);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    private final Process process;
    private final URI endpoint;

    private MotoServer(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Empty where it is not installed. */
    static Optional<MotoServer> start() throws IOException, InterruptedException {
        Optional<Path> program = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "moto_server"))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder(program.get().toString(), "-H", "127.0.0.1", "-p", Integer.toString(port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        var moto = new MotoServer(process, URI.create("http://127.0.0.1:" + port));
        moto.awaitStart();
        return Optional.of(moto);
    }

    URI endpoint() {
        return endpoint;
    }

    /** What a program that started it started is its own to stop. */
    @Override
    public void close() {
        process.descendants().toList().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    private void awaitStart() throws InterruptedException {
        Instant deadline = Instant.now().plus(LONGEST_START);
        try (HttpClient http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(endpoint.resolve("/moto-api/")).build();
            while (true) {
                try {
                    http.send(request, BodyHandlers.discarding());
                    return;
                } catch (IOException e) {
                    if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                        close();
                        throw new IllegalStateException("moto_server did not start.", e);
                    }
                    Thread.sleep(BETWEEN_TRIES);
                }
            }
        }
    }
}
