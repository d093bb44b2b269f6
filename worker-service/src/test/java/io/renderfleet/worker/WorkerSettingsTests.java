package io.renderfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.worker.execution.WorkerSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.validation.ValidationAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class WorkerSettingsTests {

    /** The settings alone: nothing that connects to anything. */
    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan
    static class Settings {}

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(Settings.class)
            .withSystemProperties("spring.config.name=application,worker-service")
            .withInitializer(new ConfigDataApplicationContextInitializer());

    @Test
    void needsNothingButARegion() {
        context.withPropertyValues("renderfleet.worker.region=us-west-2").run(started -> {
            WorkerSettings settings = started.getBean(WorkerSettings.class);
            assertThat(settings.region()).isEqualTo(new RegionId("us-west-2"));
            assertThat(settings.lanes()).containsExactlyInAnyOrder(Lane.values());
            assertThat(settings.pools()).isEmpty();
            assertThat(settings.slots()).isZero();
            assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(90));
            assertThat(settings.visibility()).isGreaterThan(settings.lease());
            assertThat(settings.grace()).isEqualTo(Duration.ofSeconds(60));
            assertThat(started.getEnvironment().getProperty("server.address")).isEqualTo("127.0.0.1");
        });
    }

    @Test
    void refusesAWorkerWithoutARegion() {
        context.run(failed -> assertThat(failed)
                .getFailure()
                .rootCause()
                .hasMessageContaining("region")
                .hasMessageContaining("us-east-1"));
    }

    @ParameterizedTest
    @CsvSource({
        "renderfleet.worker.region, mars, region",
        "renderfleet.worker.lanes, fast, lanes",
        "renderfleet.worker.scratch-limit, 0B, scratch-limit",
        "renderfleet.worker.output-limit, 65GB, output-limit",
        "renderfleet.worker.output-limit, lots, output-limit",
        "renderfleet.worker.process-limit, 0, processLimit",
        "renderfleet.worker.lanes, '', lanes",
        "renderfleet.worker.intake.weights.low, 0, low",
        "renderfleet.worker.intake.weights.high, 1001, high",
        "renderfleet.worker.intake.long-poll, 30s, longPoll",
        "renderfleet.worker.intake.long-poll, 0s, longPoll",
        "renderfleet.worker.drain-check, -1s, drainCheck",
        "renderfleet.worker.drain-check, 10m, drainCheck",
        "renderfleet.worker.protection.duration, 30s, duration",
        "renderfleet.worker.protection.duration, 3d, duration",
        "renderfleet.worker.protection.timeout, 1m, timeout",
        "renderfleet.worker.protection.idle, -1s, idle",
        "renderfleet.worker.slots, -1, slots",
        "renderfleet.worker.slots, 1001, slots",
        "renderfleet.worker.lease, 1s, lease",
        "renderfleet.worker.lease, 2h, lease",
        "renderfleet.worker.grace, -1s, grace",
        "renderfleet.worker.grace, 100s, grace"
    })
    void refusesAWrongValueByItsName(String property, String value, String name) {
        context.withPropertyValues("renderfleet.worker.region=us-west-2", property + "=" + value)
                .run(failed -> assertThat(failed).getFailure().satisfies(failure -> {
                    StringBuilder all = new StringBuilder();
                    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                        all.append(cause.getMessage()).append('\n');
                    }
                    assertThat(all.toString()).contains("renderfleet.worker").contains(name);
                }));
    }
}
