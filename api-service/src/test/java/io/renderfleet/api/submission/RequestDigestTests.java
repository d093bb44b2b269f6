package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.identity.Caller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@ApiTest
class RequestDigestTests {
    @Autowired
    JobReader reader;

    @Test
    void staysWhatItWasWhenFieldsAreAdded() {
        // The hash of stored jobs: a new optional field, or another order of them, must not change it.
        assertThat(hash(ApiFixture.request(""))).isEqualTo(KNOWN);
    }

    @Test
    void ignoresWhiteSpaceAndOrderAndTheWayNumbersAreWritten() {
        String other = """
                {"camera": {"target": {"z": 0.0, "y": 1e0, "x": 0},
                            "position": {"x": 0, "y": 1.0, "z": 4}},
                 "userId": "user-1",   "designId": "test-design-1"}""";

        assertThat(hash(other)).isEqualTo(hash(ApiFixture.request("")));
    }

    @Test
    void ignoresTheIdItself() {
        assertThat(hash(ApiFixture.request("\"jobId\": \"6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31\"")))
                .isEqualTo(hash(ApiFixture.request("")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"priority\": \"HIGH\"",
                "\"orderingKey\": \"k\"",
                "\"regions\": [\"us-east-1\"]",
                "\"startWithin\": \"PT5S\"",
                "\"timeout\": \"PT5S\"",
                "\"maxAttempts\": 2",
                "\"output\": {\"width\": 100}",
                "\"environment\": \"none\"",
            })
    void distinguishesRequests(String more) {
        assertThat(hash(ApiFixture.request(more))).isNotEqualTo(hash(ApiFixture.request("")));
    }

    @Test
    void tellsUsersAndDesignsApart() {
        String request = ApiFixture.request("");

        assertThat(hash(request.replace("user-1", "user-2"))).isNotEqualTo(hash(request));
        assertThat(hash(request.replace("test-design-1", "other"))).isNotEqualTo(hash(request));
    }

    private static final String KNOWN = "gMbY7nhv7D-ok3krrymBlw";

    private String hash(String json) {
        return reader.read(Caller.ANYONE, json, null).requestHash();
    }
}
