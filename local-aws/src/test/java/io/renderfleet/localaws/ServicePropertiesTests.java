package io.renderfleet.localaws;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.FleetSettings.RegionEndpoint;
import io.renderfleet.region.RegionId;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class ServicePropertiesTests {
    private static final RegionId HOME = new RegionId("us-east-1");
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final LocalAwsOptions OPTIONS =
            LocalAwsOptions.defaults().withEnv("dev").withRegions(java.util.List.of(HOME, WEST));

    private final Map<String, String> properties = ServiceProperties.of(OPTIONS, endpoints());

    @Test
    void bindToSettingsOfService() {
        assertBinds(new MapPropertySource("properties", Map.copyOf(properties)));
    }

    @Test
    void bindToSettingsOfServiceAsEnvironmentVariablesToo() {
        assertBinds(new SystemEnvironmentPropertySource(
                "systemEnvironment", Map.copyOf(ServiceProperties.environment(properties))));
    }

    @Test
    void giveSpringCloudAwsTheTableEndpointRegionAndCredentials() {
        assertThat(properties)
                .containsEntry("spring.cloud.aws.dynamodb.endpoint", "http://127.0.0.1:3")
                .containsEntry("spring.cloud.aws.region.static", "us-east-1")
                .containsEntry("spring.cloud.aws.credentials.access-key", "renderfleet")
                .containsEntry("spring.cloud.aws.credentials.secret-key", "renderfleet-local");
    }

    private static void assertBinds(PropertySource<?> source) {
        var sources = new MutablePropertySources();
        sources.addFirst(source);
        var fleet = new Binder(ConfigurationPropertySources.from(sources))
                .bind("renderfleet", FleetSettings.class)
                .get();

        assertThat(fleet.env()).isEqualTo("dev");
        assertThat(fleet.homeRegion()).isEqualTo(HOME);
        assertThat(fleet.regions()).containsExactly(HOME, WEST);
        assertThat(fleet.endpoints().sqs())
                .containsExactly(
                        new RegionEndpoint(HOME, URI.create("http://127.0.0.1:1")),
                        new RegionEndpoint(WEST, URI.create("http://127.0.0.1:2")));
        assertThat(fleet.endpoints().s3())
                .extracting(RegionEndpoint::uri)
                .containsOnly(URI.create("http://127.0.0.1:4"));
    }

    private static LocalAwsEndpoints endpoints() {
        var sqs = new LinkedHashMap<RegionId, URI>();
        sqs.put(HOME, URI.create("http://127.0.0.1:1"));
        sqs.put(WEST, URI.create("http://127.0.0.1:2"));
        return new LocalAwsEndpoints(sqs, URI.create("http://127.0.0.1:3"), URI.create("http://127.0.0.1:4"));
    }
}
