package io.renderfleet.localaws;

import io.renderfleet.blob.BucketNames;
import io.renderfleet.localaws.dynamodb.DynamoDbServer;
import io.renderfleet.queue.QueueNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.exception.SdkException;

/** The servers of one instance, listening and provisioned. */
record Servers(SqsRegions sqs, DynamoDbServer dynamoDb, S3Server s3) implements AutoCloseable {

    /** Starts all servers concurrently. If one fails, the others are stopped. */
    static Servers start(LocalAwsOptions options) {
        var started = new ConcurrentLinkedQueue<AutoCloseable>();
        try (var tasks = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("local-aws-start-", 0).factory())) {
            var starter = new Starter(options, new ProvisioningClients(options), started);
            var sqs = tasks.submit(starter::sqs);
            var dynamoDb = tasks.submit(starter::dynamoDb);
            var s3 = tasks.submit(starter::s3);
            return new Servers(result(sqs), result(dynamoDb), result(s3));
        } catch (RuntimeException e) {
            closeAll(started, e);
            throw e;
        }
    }

    @Override
    public void close() {
        var failure = new LocalAwsException("Local AWS did not stop cleanly.");
        closeAll(List.of(sqs, dynamoDb, s3), failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    private static <T> T result(Future<T> server) {
        try {
            return server.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalAwsException("Interrupted while starting.", e);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case LocalAwsException known -> known;
                case SdkException sdk ->
                    new LocalAwsException("A server started but could not be provisioned: " + sdk.getMessage(), sdk);
                case null, default -> new LocalAwsException("A server could not start: " + e.getCause(), e);
            };
        }
    }

    private static void closeAll(Iterable<AutoCloseable> servers, RuntimeException failure) {
        for (AutoCloseable server : servers) {
            try {
                server.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }

    private record Starter(LocalAwsOptions options, ProvisioningClients clients, Queue<AutoCloseable> started) {

        SqsRegions sqs() {
            var sqs = new SqsRegions(options);
            started.add(sqs);
            sqs.start();
            var names = new QueueNames(options.env());
            sqs.endpoints().forEach((region, endpoint) -> {
                try (var client = clients.sqs(region, endpoint)) {
                    new QueueProvisioning(names, options.pools(), options.sinks(), client)
                            .region(region, region.equals(options.homeRegion()));
                }
            });
            return sqs;
        }

        DynamoDbServer dynamoDb() {
            var settings =
                    directory("dynamodb").map(options.dynamoDb()::withDataDir).orElse(options.dynamoDb());
            DynamoDbServer dynamoDb;
            try {
                dynamoDb = DynamoDbServer.start(
                        options.host(), options.dynamoDbPort(), settings, options.accessKey(), options.secretKey());
            } catch (IOException e) {
                throw new LocalAwsException("DynamoDB could not start: " + e.getMessage() + ".", e);
            }
            started.add(dynamoDb);
            try (var client = clients.dynamoDb(Hosts.uri(options.host(), dynamoDb.port()))) {
                new TableProvisioning(client).all(options.env());
            }
            return dynamoDb;
        }

        S3Server s3() {
            var s3 = new S3Server(options, directory("s3"));
            started.add(s3);
            s3.start();
            try (var client = clients.s3(s3.endpoint())) {
                new BucketProvisioning(new BucketNames(options.env(), ""), client).buckets(options.regions());
            }
            return s3;
        }

        private Optional<Path> directory(String server) {
            return options.dataDir().map(dir -> dir.resolve(server));
        }
    }
}
