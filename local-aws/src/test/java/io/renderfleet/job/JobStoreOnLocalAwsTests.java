package io.renderfleet.job;

import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class JobStoreOnLocalAwsTests extends JobStoreContract {
    private static LocalAws aws;
    private static DynamoDbClient client;

    @BeforeAll
    static void start() {
        LocalAwsOptions options = LocalAwsOptions.onFreePorts();
        aws = LocalAws.start(options);
        client = DynamoDbClient.builder()
                .endpointOverride(aws.endpoints().dynamoDb())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(options.accessKey(), options.secretKey())))
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        aws.close();
    }

    @Override
    protected JobStore store(Clock clock) {
        return new JobStore(new JobDatabase(
                client, "local", clock, new JobStoreSettings(Duration.ofDays(30), Duration.ofSeconds(60))));
    }

    @Override
    protected JobHistory history(Clock clock) {
        return new JobHistory(client, JobTable.name("local"), clock);
    }
}
