package io.renderfleet.localaws;

import io.renderfleet.region.RegionId;
import java.util.ArrayDeque;
import java.util.Deque;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** Clients of one instance, closed together. */
final class TestClients implements AutoCloseable {
    static final RegionId HOME = new RegionId("us-east-1");
    static final RegionId WEST = new RegionId("us-west-2");

    private final Deque<SdkAutoCloseable> opened = new ArrayDeque<>();
    private final LocalAwsEndpoints endpoints;

    TestClients(LocalAws aws) {
        endpoints = aws.endpoints();
    }

    SqsClient sqs(RegionId region) {
        return opened(SqsClient.builder()
                .endpointOverride(endpoints.sqs(region))
                .region(Region.of(region.value()))
                .credentialsProvider(credentials("renderfleet-local"))
                .build());
    }

    DynamoDbClient dynamoDb() {
        return opened(DynamoDbClient.builder()
                .endpointOverride(endpoints.dynamoDb())
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials("renderfleet-local"))
                .build());
    }

    S3Client s3() {
        return s3("renderfleet-local");
    }

    S3Client s3(String secretKey) {
        return opened(S3Client.builder()
                .endpointOverride(endpoints.s3())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(credentials(secretKey))
                .build());
    }

    S3Presigner presigner() {
        return opened(S3Presigner.builder()
                .endpointOverride(endpoints.s3())
                .region(Region.US_EAST_1)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(credentials("renderfleet-local"))
                .build());
    }

    @Override
    public void close() {
        opened.forEach(SdkAutoCloseable::close);
    }

    private <C extends SdkAutoCloseable> C opened(C client) {
        opened.push(client);
        return client;
    }

    private static StaticCredentialsProvider credentials(String secretKey) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create("renderfleet", secretKey));
    }
}
