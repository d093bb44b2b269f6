package io.renderfleet.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testing.JobBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpecJsonTests {

    private static final RenderSpec SPEC = JobBuilder.renderSpec("chair", "0".repeat(64), 16, 16, 1);

    @ParameterizedTest
    @EnumSource
    void keepsTheEnvironmentInLowerCase(RenderSpec.Environment environment) {
        RenderSpec spec =
                new RenderSpec(SPEC.designId(), SPEC.designDigest(), SPEC.camera(), SPEC.output(), environment);

        String json = SpecJson.write(spec);
        assertThat(json).contains("\"environment\":\"" + environment.text() + "\"");
        assertThat(environment.text()).isLowerCase();
        assertThat(SpecJson.read(json)).isEqualTo(spec);
    }

    @Test
    void readsARenderThatWasStoredWithoutAnEnvironmentAsOneInTheDefaultEnvironment() {
        String older = SpecJson.write(SPEC).replace(",\"environment\":\"default\"", "");

        assertThat(older).doesNotContain("environment");
        assertThat(SpecJson.read(older)).isEqualTo(SPEC);
    }
}
