package io.renderfleet.localaws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

class QuietLoggersTests {

    @Test
    void areDefaultOfSpringBootApplicationThatItsOwnSettingsOverride() {
        SpringApplication application = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .application();

        try (var context = application.run("--logging.level.org.gaul=DEBUG")) {
            assertThat(context.getEnvironment().getProperty("logging.level.org.elasticmq"))
                    .isEqualTo("WARN");
            assertThat(context.getEnvironment().getProperty("logging.level.org.gaul"))
                    .isEqualTo("DEBUG");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}
}
