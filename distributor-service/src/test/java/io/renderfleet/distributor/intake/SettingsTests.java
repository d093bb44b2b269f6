package io.renderfleet.distributor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.distributor.placement.StandardPolicy;
import io.renderfleet.queue.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.validation.ValidationAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class SettingsTests {
    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(Bound.class);

    @Test
    void theShippedFileSaysWhatTheDefaultsAre() {
        context.run(defaults -> context.withPropertyValues("spring.config.name=distributor-service")
                .withInitializer(new ConfigDataApplicationContextInitializer())
                .run(shipped -> {
                    assertThat(shipped.getBean(IntakeSettings.class)).isEqualTo(defaults.getBean(IntakeSettings.class));
                    assertThat(shipped.getBean(RoutingSettings.class))
                            .isEqualTo(defaults.getBean(RoutingSettings.class))
                            .isEqualTo(new RoutingSettings(StandardPolicy.INVERSE_LOAD, 5000));
                }));
    }

    @Test
    void readsThePolicyByItsName() {
        context.withPropertyValues("renderfleet.distributor.policy=round-robin")
                .run(bound -> assertThat(bound.getBean(RoutingSettings.class).policy())
                        .isEqualTo(StandardPolicy.ROUND_ROBIN));
    }

    @Test
    void takesSeveralLanes() {
        context.withPropertyValues("renderfleet.distributor.intake.lanes=NORMAL,HIGH")
                .run(bound -> assertThat(bound.getBean(IntakeSettings.class).lanes())
                        .containsExactlyInAnyOrder(Lane.NORMAL, Lane.HIGH));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy=nearest",
                "depth-limit=0",
                "intake.loops=65",
                "intake.long-poll=21s",
                "intake.visibility=9s",
                "intake.hold=0s",
            })
    void refusesToStartWith(String setting) {
        context.withPropertyValues("renderfleet.distributor." + setting)
                .run(failed -> assertThat(failed).hasFailed());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({IntakeSettings.class, RoutingSettings.class})
    static class Bound {}
}
