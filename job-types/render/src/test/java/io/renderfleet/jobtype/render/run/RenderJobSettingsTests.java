package io.renderfleet.jobtype.render.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.validation.ValidationAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class RenderJobSettingsTests {

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(RenderJobSettings.class)
    static class Settings {}

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(Settings.class);

    @Test
    void keepsDesignsAmongTheTemporaryFilesUnlessToldOtherwise() {
        context.run(
                started -> assertThat(started.getBean(RenderJobSettings.class).designDirectory())
                        .isAbsolute()
                        .endsWithRaw(java.nio.file.Path.of("renderfleet", "designs")));
    }

    @ParameterizedTest
    @CsvSource({
        "renderfleet.render.threads, -1, threads",
        "renderfleet.render.threads, 2000, threads",
        "renderfleet.render.design-cache-size, 0B, design-cache-size",
        "renderfleet.render.scene-memory, -1MB, scene-memory",
        "renderfleet.render.design-cache-size, large, design-cache-size"
    })
    void refusesAWrongValueByItsName(String property, String value, String name) {
        context.withPropertyValues(property + "=" + value)
                .run(failed -> assertThat(failed).getFailure().satisfies(failure -> {
                    StringBuilder all = new StringBuilder();
                    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                        all.append(cause.getMessage()).append('\n');
                    }
                    assertThat(all.toString()).contains("renderfleet.render").contains(name);
                }));
    }
}
