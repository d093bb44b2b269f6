package io.renderfleet.localaws;

import io.renderfleet.pool.Pool;
import io.renderfleet.region.RegionId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The arguments of {@link LocalAwsApplication}, as picocli reads them. */
final class LocalAwsArguments {
    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = LocalAwsOptions.defaults().host();

    @Option(
            names = "--env",
            paramLabel = "NAME",
            description = "The name of the deployment, part of every queue, table and bucket name (default:"
                    + " ${DEFAULT-VALUE}).")
    private String env = LocalAwsOptions.defaults().env();

    @Option(
            names = "--regions",
            paramLabel = "REGION,...",
            description = "The regions, the home region first (default: us-east-1,us-west-2,us-west-1).")
    private @Nullable String regions;

    @Option(
            names = "--sqs-ports",
            paramLabel = "PORT,...",
            description =
                    "One port for each region (default: consecutive ports from 9324). Port 0 selects a free port.")
    private @Nullable String sqsPorts;

    @Option(
            names = "--pools",
            paramLabel = "NAME=KIND,...",
            description =
                    "The pools of workers, each with its own queues; the kind is cpu or io (default: render=cpu).")
    private @Nullable String pools;

    @Option(
            names = "--sinks",
            paramLabel = "NAME,...",
            description =
                    "The sinks of completion events outside of the API, such as kafka, each with a queue of its own"
                            + " (default: none).")
    private @Nullable String sinks;

    @Option(
            names = "--dynamodb-port",
            paramLabel = "PORT",
            description = "The port of DynamoDB (default: ${DEFAULT-VALUE}).")
    private int dynamoDbPort = LocalAwsOptions.defaults().dynamoDbPort();

    @Option(names = "--s3-port", paramLabel = "PORT", description = "The port of S3 (default: ${DEFAULT-VALUE}).")
    private int s3Port = LocalAwsOptions.defaults().s3Port();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Keeps tables and objects in this directory (default: in memory, lost at the end).")
    private @Nullable Path dataDir;

    @Option(
            names = "--index-lag",
            paramLabel = "MILLIS",
            description = "The longest time by which global secondary indexes lag behind their tables (default: 0).")
    private @Nullable Integer indexLag;

    @Option(
            names = "--throttle-writes",
            paramLabel = "N",
            description =
                    "Refuses writes beyond this number of write units per second and table (default: 0, no limit).")
    private @Nullable Integer throttleWrites;

    @Option(
            names = "--ttl-delay",
            paramLabel = "SECONDS",
            description = "Deletes items this time after their time to live has passed (default: 600).")
    private @Nullable Integer timeToLiveDelay;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Writes this file when all servers are ready, and deletes it at the end.")
    private @Nullable Path readyFile;

    /** The options; {@link IllegalArgumentException} with a message that names the invalid argument. */
    LocalAwsOptions options() {
        LocalAwsOptions options = LocalAwsOptions.defaults().withHost(host).withEnv(env);
        if (regions != null) {
            options = options.withRegions(list(regions, RegionId::new));
        }
        if (sqsPorts != null) {
            options = options.withSqsPorts(list(sqsPorts, LocalAwsArguments::port));
        }
        if (pools != null) {
            options = options.withPools(list(pools, Pool::of));
        }
        if (sinks != null) {
            options = options.withSinks(list(sinks, sink -> sink));
        }
        options = options.withDynamoDbPort(dynamoDbPort).withS3Port(s3Port);
        if (dataDir != null) {
            options = options.withDataDir(dataDir.toAbsolutePath());
        }
        if (indexLag != null) {
            options = options.withDynamoDb(options.dynamoDb().withIndexLag(Duration.ofMillis(indexLag)));
        }
        if (throttleWrites != null) {
            options = options.withDynamoDb(options.dynamoDb().withThrottleWrites(throttleWrites));
        }
        if (timeToLiveDelay != null) {
            options = options.withDynamoDb(options.dynamoDb().withTimeToLiveDelay(Duration.ofSeconds(timeToLiveDelay)));
        }
        return options;
    }

    /** The file that exists while all servers are ready. */
    Optional<Path> readyFile() {
        return Optional.ofNullable(readyFile).map(Path::toAbsolutePath);
    }

    private static <T> List<T> list(String value, Function<String, T> element) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .map(element)
                .toList();
    }

    private static int port(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + value + "' is not a port number.", e);
        }
    }
}
