package io.renderfleet.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testing.JobBuilder;
import org.junit.jupiter.api.Test;

class SpecJsonTests {

    private static final RenderSpec SPEC = JobBuilder.renderSpec("chair", "0".repeat(64), 16, 16, 1);

    @Test
    void keepsAnotherEnvironmentThanTheDefaultInLowerCase() {
        RenderSpec spec = new RenderSpec(
                SPEC.designId(), SPEC.designDigest(), SPEC.camera(), SPEC.output(), RenderSpec.Environment.NONE);

        String json = SpecJson.write(spec);
        assertThat(json).contains("\"environment\":\"none\"");
        assertThat(SpecJson.read(json)).isEqualTo(spec);
    }

    @Test
    void doesNotStoreTheDefaultEnvironment() {
        String json = SpecJson.write(SPEC);

        assertThat(json).doesNotContain("environment");
        assertThat(SpecJson.read(json)).isEqualTo(SPEC);
    }
}
