package io.renderfleet.api.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobPayload;
import org.junit.jupiter.api.Test;

class PayloadViewTests {
    @Test
    void hasTheFieldsOfThePayloadInTheirOrder() {
        assertThat(PayloadView.fields(new JobPayload("{\"text\": \"hello\", \"output\": {\"width\": 64}}", 1)))
                .containsOnlyKeys("text", "output")
                .hasEntrySatisfying(
                        "output",
                        output -> assertThat(output.path("width").asInt()).isEqualTo(64));
    }

    @Test
    void neverReplacesAFieldOfTheJob() {
        assertThat(PayloadView.fields(new JobPayload("{\"status\": \"COMPLETED\", \"text\": \"hello\"}", 1)))
                .containsOnlyKeys("text");
    }

    @Test
    void isEmptyForWhatIsNoObject() {
        assertThat(PayloadView.fields(null)).isEmpty();
        assertThat(PayloadView.fields(new JobPayload("[1, 2]", 1))).isEmpty();
        assertThat(PayloadView.fields(new JobPayload("no JSON", 1))).isEmpty();
    }
}
