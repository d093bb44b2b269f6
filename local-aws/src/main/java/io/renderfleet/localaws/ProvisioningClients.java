package io.renderfleet.localaws;

import io.renderfleet.region.RegionId;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Short-lived AWS clients for the provisioning of an instance. */
final class ProvisioningClients {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);

    private final StaticCredentialsProvider credentials;
    private final RegionId homeRegion;

    ProvisioningClients(LocalAwsOptions options) {
        credentials =
                StaticCredentialsProvider.create(AwsBasicCredentials.create(options.accessKey(), options.secretKey()));
        homeRegion = options.homeRegion();
    }

    SqsClient sqs(RegionId region, URI endpoint) {
        return configured(SqsClient.builder(), region, endpoint).build();
    }

    DynamoDbClient dynamoDb(URI endpoint) {
        return configured(DynamoDbClient.builder(), homeRegion, endpoint).build();
    }

    S3Client s3(URI endpoint) {
        return configured(S3Client.builder(), homeRegion, endpoint)
                .forcePathStyle(true)
                .build();
    }

    private <B extends AwsClientBuilder<B, ?>> B configured(B builder, RegionId region, URI endpoint) {
        return builder.endpointOverride(endpoint)
                .region(Region.of(region.value()))
                .credentialsProvider(credentials)
                .overrideConfiguration(override -> override.apiCallTimeout(CALL_TIMEOUT));
    }
}
