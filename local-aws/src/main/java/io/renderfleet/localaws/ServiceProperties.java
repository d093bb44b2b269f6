package io.renderfleet.localaws;

import io.renderfleet.pool.Pool;
import io.renderfleet.region.RegionId;
import io.renderfleet.settings.EffectiveSetting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The settings with which a service, or the AWS CLI, uses an instance. */
public final class ServiceProperties {
    private ServiceProperties() {}

    /** The settings of a service, with the keys of the services' configuration files. */
    public static Map<String, String> of(LocalAwsOptions options, LocalAwsEndpoints endpoints) {
        List<RegionId> regions = options.regions();
        var properties = new LinkedHashMap<String, String>();
        // With it, an API on a loopback address asks nobody for a token.
        properties.put("spring.profiles.active", "local");
        properties.put("renderfleet.env", options.env());
        properties.put("renderfleet.home-region", options.homeRegion().value());
        properties.put("renderfleet.regions", joined(regions, RegionId::value));
        properties.put(
                "renderfleet.pools",
                options.pools().stream().map(Pool::toString).collect(Collectors.joining(",")));
        properties.put("renderfleet.endpoints.sqs", joined(regions, region -> region + "=" + endpoints.sqs(region)));
        properties.put("renderfleet.endpoints.s3", joined(regions, region -> region + "=" + endpoints.s3()));
        properties.put("spring.cloud.aws.region.static", options.homeRegion().value());
        properties.put(
                "spring.cloud.aws.dynamodb.endpoint", endpoints.dynamoDb().toString());
        properties.put("spring.cloud.aws.credentials.access-key", options.accessKey());
        properties.put("spring.cloud.aws.credentials.secret-key", options.secretKey());
        return properties;
    }

    /** The settings as environment variables, with the names of Spring Boot's relaxed binding. */
    static Map<String, String> environment(Map<String, String> properties) {
        var environment = new LinkedHashMap<String, String>();
        properties.forEach((key, value) -> environment.put(EffectiveSetting.variableOf(key), value));
        return environment;
    }

    /** The environment variables of the AWS CLI, with the SQS of the home region. */
    static Map<String, String> commandLine(LocalAwsOptions options, LocalAwsEndpoints endpoints) {
        var environment = new LinkedHashMap<String, String>();
        environment.put("AWS_ACCESS_KEY_ID", options.accessKey());
        environment.put("AWS_SECRET_ACCESS_KEY", options.secretKey());
        environment.put("AWS_REGION", options.homeRegion().value());
        environment.put(
                "AWS_ENDPOINT_URL_SQS", endpoints.sqs(options.homeRegion()).toString());
        environment.put("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamoDb().toString());
        environment.put("AWS_ENDPOINT_URL_S3", endpoints.s3().toString());
        return environment;
    }

    private static String joined(List<RegionId> regions, Function<RegionId, String> text) {
        return regions.stream().map(text).collect(Collectors.joining(","));
    }
}
