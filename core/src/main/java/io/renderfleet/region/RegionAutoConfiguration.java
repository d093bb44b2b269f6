package io.renderfleet.region;

import io.awspring.cloud.autoconfigure.core.AwsAutoConfiguration;
import io.awspring.cloud.autoconfigure.core.AwsClientBuilderConfigurer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/**
 * The clients of every region, with the credentials and defaults of Spring Cloud AWS. The services exclude the SQS and
 * S3 auto-configurations of Spring Cloud AWS, which create clients for one region only.
 */
@AutoConfiguration(after = AwsAutoConfiguration.class)
@EnableConfigurationProperties(FleetSettings.class)
class RegionAutoConfiguration {
    /** The most long polls and other calls of one region at a time. */
    private static final int SQS_CONNECTIONS = 100;

    @Bean
    RegionClients regionClients(
            FleetSettings fleet,
            AwsClientBuilderConfigurer configurer,
            AwsCredentialsProvider credentials,
            RetryRegistry retries) {
        return new RegionClients(
                region -> sqs(fleet, configurer, region),
                region -> RetriedCalls.of(S3Client.class, s3(fleet, configurer, region), retries, "s3"),
                region -> presigner(fleet, credentials, region));
    }

    private static SqsAsyncClient sqs(FleetSettings fleet, AwsClientBuilderConfigurer configurer, RegionId region) {
        var builder = configured(SqsAsyncClient.builder(), configurer, region)
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .maxConcurrency(SQS_CONNECTIONS)
                        .connectionTimeout(Duration.ofSeconds(2))
                        .readTimeout(Duration.ofSeconds(25)));
        fleet.endpoints().sqs(region).ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static S3Client s3(FleetSettings fleet, AwsClientBuilderConfigurer configurer, RegionId region) {
        var builder = configured(S3Client.builder(), configurer, region);
        builder.overrideConfiguration(builder.overrideConfiguration().toBuilder()
                .retryStrategy(AwsRetryStrategy.doNotRetry())
                .build());
        fleet.endpoints()
                .s3(region)
                .ifPresent(uri -> builder.endpointOverride(uri).forcePathStyle(true));
        return builder.build();
    }

    private static S3Presigner presigner(FleetSettings fleet, AwsCredentialsProvider credentials, RegionId region) {
        var builder = S3Presigner.builder().credentialsProvider(credentials).region(Region.of(region.value()));
        fleet.endpoints()
                .s3Links(region)
                .ifPresent(uri -> builder.endpointOverride(uri)
                        .serviceConfiguration(S3Configuration.builder()
                                .pathStyleAccessEnabled(true)
                                .build()));
        return builder.build();
    }

    private static <B extends AwsClientBuilder<B, ?>> B configured(
            B builder, AwsClientBuilderConfigurer configurer, RegionId region) {
        return configurer
                .configure(builder)
                .region(Region.of(region.value()))
                .overrideConfiguration(override -> override.apiCallTimeout(RegionClients.CALL_TIMEOUT)
                        .apiCallAttemptTimeout(RegionClients.CALL_TIMEOUT.dividedBy(2)));
    }
}
