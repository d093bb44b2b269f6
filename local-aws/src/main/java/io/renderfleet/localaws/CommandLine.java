package io.renderfleet.localaws;

import io.renderfleet.region.RegionId;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The arguments of {@link LocalAwsApplication}: {@code --name value} or {@code --name=value}.
 *
 * @param options what to start
 * @param readyFile a file that is there while everything answers, samples and all
 */
record CommandLine(LocalAwsOptions options, Optional<Path> readyFile) {
    static final String HELP = """
            Local AWS for Renderfleet: SQS per region, DynamoDB and S3 in one process.

              --host ADDRESS        where to listen (127.0.0.1)
              --env NAME            the deployment's name in every queue, table and bucket (local)
              --regions A,B,...     the regions, the first being home (us-east-1,us-west-2,us-west-1)
              --sqs-ports P,Q,...   one port per region (9324,9325,9326)
              --dynamodb-port P     (8000)
              --s3-port P           (9000)
              --data-dir DIR        keep jobs and objects there; without it everything is gone at the end
              --index-lag MS        let global secondary indexes follow by up to so many milliseconds (0)
              --throttle-writes N   refuse writes beyond N write units a second and table (0: no limit)
              --ttl-delay SECONDS   delete items so long after their time to live (600)
              --ready-file FILE     write it once everything answers, and delete it at the end
              --help                this text

            A port of 0 means any free one.
            """;

    /** {@link IllegalArgumentException} with one line that tells what is wrong. */
    static CommandLine parse(String... arguments) {
        var options = LocalAwsOptions.defaults();
        List<Integer> sqsPorts = List.of();
        Optional<Path> readyFile = Optional.empty();
        Iterator<String> words = Arrays.asList(arguments).iterator();
        while (words.hasNext()) {
            String[] word = words.next().split("=", 2);
            String name = word[0];
            String value = word.length > 1 ? word[1] : words.hasNext() ? words.next() : "";
            if (value.isBlank()) {
                throw new IllegalArgumentException(
                        name.startsWith("--") ? name + " needs a value." : "'" + name + "' is no option.");
            }
            switch (name) {
                case "--host" -> options = options.withHost(value);
                case "--env" -> options = options.withEnv(value);
                case "--regions" -> options = options.withRegions(list(value, RegionId::new));
                case "--sqs-ports" -> sqsPorts = list(value, CommandLine::port);
                case "--dynamodb-port" -> options = options.withDynamoDbPort(port(value));
                case "--s3-port" -> options = options.withS3Port(port(value));
                case "--data-dir" -> options = options.withDataDir(path(value));
                case "--index-lag" ->
                    options = options.withDynamoDb(options.dynamoDb().withIndexLag(Duration.ofMillis(number(value))));
                case "--throttle-writes" ->
                    options = options.withDynamoDb(options.dynamoDb().withThrottleWrites(number(value)));
                case "--ttl-delay" ->
                    options = options.withDynamoDb(
                            options.dynamoDb().withTimeToLiveDelay(Duration.ofSeconds(number(value))));
                case "--ready-file" -> readyFile = Optional.of(path(value));
                default -> throw new IllegalArgumentException("'" + name + "' is no option.");
            }
        }
        // Last, since they are checked against the regions.
        return new CommandLine(sqsPorts.isEmpty() ? options : options.withSqsPorts(sqsPorts), readyFile);
    }

    private static <T> List<T> list(String value, Function<String, T> element) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .map(element)
                .toList();
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + value + "' is not a whole number.", e);
        }
    }

    private static int port(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + value + "' is no port number.", e);
        }
    }

    private static Path path(String value) {
        try {
            return Path.of(value).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + value + "' is no path: " + e.getReason() + ".", e);
        }
    }
}
