package io.renderfleet.queue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.testing.JobBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;

/** An SQS that takes calls and answers none but, if told to, the question for a queue's URL. */
final class SilentSqs implements AutoCloseable {
    private static final Duration SEND_LIMIT = Duration.ofMillis(400);

    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final HttpServer server;
    private final SqsAsyncClient client;
    private final SqsAsyncBatchManager manager;
    private final boolean tellsUrls;

    SilentSqs(boolean tellsUrls) throws IOException {
        this.tellsUrls = tellsUrls;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        client = SqsAsyncClient.builder()
                .endpointOverride(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .build();
        manager = SqsAsyncBatchManager.builder()
                .client(MessageSender.limited(client, SEND_LIMIT))
                .scheduledExecutor(timer)
                .overrideConfiguration(override ->
                        override.maxBatchSize(JobQueue.MAX_BATCH).sendRequestFrequency(Duration.ofMillis(20)))
                .build();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        String call = target.substring(target.indexOf('.') + 1);
        calls.add(call);
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            if (tellsUrls && call.equals("GetQueueUrl")) {
                byte[] answer = "{\"QueueUrl\": \"http://127.0.0.1:%d/queue\"}"
                        .formatted(server.getAddress().getPort())
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            } else {
                closed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    JobQueue queue() {
        return new JobQueue("queue", client, manager, manager, 7, new SimpleMeterRegistry().counter("unreadable"));
    }

    DeadLetterQueue deadLetters() {
        return new DeadLetterQueue("queue", null, JobBuilder.POOL, Lane.LOW, client);
    }

    /** The names of the calls that have come in and were not taken from here, in their order. */
    BlockingQueue<String> calls() {
        return calls;
    }

    @Override
    public void close() {
        closed.countDown();
        manager.close();
        client.close();
        timer.shutdownNow();
        server.stop(0);
        threads.shutdownNow();
    }
}
