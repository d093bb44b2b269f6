package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.deploy.Fleet.Service;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** A task's variables are settings that its service reads, and those it cannot start without are among them. */
class EnvironmentVariablesTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Service, Class<?>> SETTINGS = Map.of(
            Service.API, ApiSettings.class,
            Service.DISTRIBUTOR, DistributorSettings.class,
            Service.WORKER, WorkerSettings.class,
            Service.BRIDGE, BridgeSettings.class);

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({
        "io.renderfleet.api",
        "io.renderfleet.region",
        "io.renderfleet.job",
        "io.renderfleet.queue"
    })
    static class ApiSettings {}

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({
        "io.renderfleet.distributor",
        "io.renderfleet.region",
        "io.renderfleet.job",
        "io.renderfleet.queue"
    })
    static class DistributorSettings {}

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({
        "io.renderfleet.worker",
        "io.renderfleet.region",
        "io.renderfleet.job",
        "io.renderfleet.queue"
    })
    static class WorkerSettings {}

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({"io.renderfleet.bridge", "io.renderfleet.region", "io.renderfleet.queue"})
    static class BridgeSettings {}

    @ParameterizedTest
    @EnumSource(Service.class)
    void eachIsASettingThatTheServiceReads(Service service) throws IOException {
        assertThat(known(service)).containsAll(service.environment(Fleet.HOME).keySet());
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void theServicesSettingsAreCompleteAndValidWithThem(Service service) {
        runner(service, service.environment(Fleet.OTHER))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aWorkerWithoutItsRegionDoesNotStart() {
        var environment = new HashMap<>(Service.WORKER.environment(Fleet.OTHER));
        environment.remove("RENDERFLEET_WORKER_REGION");

        runner(Service.WORKER, environment)
                .run(context -> assertThat(context)
                        .as("so the test above would see a required setting that is missing")
                        .hasFailed());
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void eachServiceGetsTheSharedSettings(Service service) {
        assertThat(service.environment(Fleet.HOME))
                .containsEntry("RENDERFLEET_ENV", Fleet.ENV)
                .containsEntry("RENDERFLEET_HOMEREGION", Fleet.HOME)
                .containsEntry("RENDERFLEET_REGIONS", Fleet.HOME + "," + Fleet.OTHER)
                .containsEntry("RENDERFLEET_POOLS", "render=cpu,chat=io")
                .containsEntry("RENDERFLEET_BUCKETSUFFIX", Template.ACCOUNT);
    }

    @Test
    void aWorkerGetsItsRegionAndItsPool() {
        assertThat(Service.WORKER.environment(Fleet.OTHER))
                .containsEntry("RENDERFLEET_WORKER_REGION", Fleet.OTHER)
                .containsEntry("RENDERFLEET_WORKER_POOLS", Fleet.POOL.value());
    }

    @Test
    void allApiTasksSignCursorsWithTheSameGeneratedSecret() {
        Template template = Service.API.template();

        assertThat(Service.API.environment(Fleet.HOME)).containsEntry("RENDERFLEET_API_CURSORSECRET", "<CursorSecret>");
        assertThat((int) template.resource("CursorSecret").at("GenerateSecretString", "PasswordLength"))
                .as("characters; the service takes no fewer than 32")
                .isGreaterThanOrEqualTo(32);
        assertThat(template.resource("ExecutionRole").text("Policies"))
                .contains("secretsmanager:GetSecretValue")
                .contains("<CursorSecret>");
    }

    @Test
    void theApiAcceptsTheTokensOfTheIssuerInTheParameter() {
        assertThat(Service.API.environment(Fleet.HOME))
                .containsEntry("RENDERFLEET_IDENTITY_ISSUER", "https://issuer.example.com")
                .containsEntry("RENDERFLEET_IDENTITY_AUDIENCE", "renderfleet")
                .containsEntry("RENDERFLEET_IDENTITY_AUDIENCECLAIM", "aud")
                .containsEntry("RENDERFLEET_IDENTITY_ROLESCLAIM", "roles");
    }

    @Test
    void noSecretIsAPlainVariable() {
        for (Service service : Fleet.SERVICES) {
            assertThat(Template.list(Fleet.field(service.container(), "Environment")))
                    .extracting(variable -> Fleet.field(variable, "Name").toString())
                    .noneMatch(name -> name.matches(".*(SECRET|PASSWORD|TOKEN|ACCESSKEY).*"));
        }
    }

    private static ApplicationContextRunner runner(Service service, Map<String, String> given) {
        var environment = new HashMap<String, Object>(given);
        environment.replaceAll((name, value) -> value.toString().startsWith("<") ? madeUp() : value);
        return new ApplicationContextRunner()
                .withUserConfiguration(SETTINGS.get(service))
                .withPropertyValues("spring.config.name=application," + service.module())
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource("task-systemEnvironment", environment)))
                .withInitializer(new ConfigDataApplicationContextInitializer());
    }

    /** As Secrets Manager would. */
    private static String madeUp() {
        return "x".repeat((int)
                Service.API.template().resource("CursorSecret").at("GenerateSecretString", "PasswordLength"));
    }

    /** Every setting of the service, of core and of Spring Boot, as the name of a variable. */
    private static Set<String> known(Service service) throws IOException {
        Set<String> others = new HashSet<>();
        Fleet.SERVICES.stream().filter(other -> other != service).forEach(other -> others.add(other.module()));
        Set<String> names = new HashSet<>();
        for (URL metadata : List.of(
                        "META-INF/spring-configuration-metadata.json",
                        "META-INF/additional-spring-configuration-metadata.json")
                .stream()
                .flatMap(
                        name -> EnvironmentVariablesTests.class.getClassLoader().resources(name))
                .toList()) {
            if (others.stream().noneMatch(metadata.toString()::contains)) {
                try (InputStream in = metadata.openStream()) {
                    Map<String, Object> document = Template.map(JSON.readValue(in, Map.class));
                    Template.list(document.getOrDefault("properties", List.of()))
                            .forEach(property -> names.add(Fleet.field(property, "name")
                                    .toString()
                                    .replace("-", "")
                                    .replace('.', '_')
                                    .toUpperCase(Locale.ROOT)));
                }
            }
        }
        return names;
    }
}
