package io.renderfleet.jobtype.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.job.JobPayload;
import io.renderfleet.jobtype.AttemptException.UnreadablePayloadException;
import io.renderfleet.jobtype.render.design.DesignId;
import org.junit.jupiter.api.Test;

class RenderPayloadTests {
    private static final RenderPayload PAYLOAD = new RenderPayload(
            new DesignId("chair"),
            "0".repeat(64),
            new RenderPayload.Camera(
                    new RenderPayload.Vector(0, 1, 3.5),
                    new RenderPayload.Vector(0, 1, 0),
                    new RenderPayload.Vector(0, 1, 0),
                    40),
            new RenderPayload.Output(16, 16, 1, RenderPayload.Format.PNG),
            RenderPayload.Environment.DEFAULT);

    @Test
    void keepsAnotherEnvironmentThanTheDefaultInLowerCase() {
        RenderPayload none = new RenderPayload(
                PAYLOAD.designId(),
                PAYLOAD.designDigest(),
                PAYLOAD.camera(),
                PAYLOAD.output(),
                RenderPayload.Environment.NONE);

        JobPayload stored = RenderPayload.FORMAT.write(none);

        assertThat(stored.json()).contains("\"environment\":\"none\"");
        assertThat(RenderPayload.FORMAT.read(stored)).isEqualTo(none);
    }

    @Test
    void doesNotStoreTheDefaultEnvironment() {
        JobPayload stored = RenderPayload.FORMAT.write(PAYLOAD);

        assertThat(stored.json()).doesNotContain("environment");
        assertThat(RenderPayload.FORMAT.read(stored)).isEqualTo(PAYLOAD);
    }

    @Test
    void readsAPayloadWithFieldsThatItDoesNotKnow() {
        String json = RenderPayload.FORMAT.write(PAYLOAD).json();
        JobPayload newer = new JobPayload(json.substring(0, json.length() - 1) + ",\"label\":{\"a\":1}}", 1);

        assertThat(RenderPayload.FORMAT.read(newer)).isEqualTo(PAYLOAD);
    }

    @Test
    void refusesAPayloadOfANewerVersionAndOneWithAnUnknownFormat() {
        String json = RenderPayload.FORMAT.write(PAYLOAD).json();

        assertThatExceptionOfType(UnreadablePayloadException.class)
                .isThrownBy(() -> RenderPayload.FORMAT.read(new JobPayload(json, 2)))
                .withMessageContaining("version 2");
        assertThatExceptionOfType(UnreadablePayloadException.class)
                .isThrownBy(() -> RenderPayload.FORMAT.read(new JobPayload(json.replace("png", "exr"), 1)));
    }
}
