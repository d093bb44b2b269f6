package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;

import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The tables of a local AWS of its own. */
final class LocalTables implements AutoCloseable {
    private final LocalAws aws;
    private final DynamoDbClient client;

    LocalTables() {
        LocalAwsOptions options = LocalAwsOptions.onFreePorts();
        aws = LocalAws.start(options);
        client = DynamoDbClient.builder()
                .endpointOverride(aws.endpoints().dynamoDb())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(options.accessKey(), options.secretKey())))
                .build();
    }

    DynamoDbClient client() {
        return client;
    }

    JobDatabase database(Clock clock) {
        return database(client, clock);
    }

    /** The jobs table as a client that does something else now and then shows it. */
    static JobDatabase database(DynamoDbClient client, Clock clock) {
        return new JobDatabase(
                client, "local", clock, new JobStoreSettings(Duration.ofDays(30), Duration.ofSeconds(60)));
    }

    JobHistory history(Clock clock) {
        return new JobHistory(client, JobTable.name("local"), clock);
    }

    /** Stores jobs of a user, each created a second before the previous one, and returns their ids, newest first. */
    List<JobId> storeJobs(Clock clock, UserId user, int count) {
        JobStore store = new JobStore(database(clock));
        return IntStream.range(0, count)
                .mapToObj(i -> aJob().user(user.value())
                        .createdAt(clock.instant().minusSeconds(i + 1L))
                        .build())
                .peek(store::submit)
                .map(NewJob::id)
                .toList();
    }

    @Override
    public void close() {
        client.close();
        aws.close();
    }
}
