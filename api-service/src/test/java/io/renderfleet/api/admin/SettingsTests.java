package io.renderfleet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@ApiTest
class SettingsTests {
    @Autowired
    MockMvcTester http;

    @Test
    void showsEachSettingWithItsValueAndOrigin() {
        var answer = assertThat(http.get().uri("/admin/settings"))
                .hasStatus(HttpStatus.OK)
                .bodyJson();
        answer.extractingPath("$.items[?(@.name=='renderfleet.api.body.timeout')].value")
                .asArray()
                .containsExactly("5m");
        answer.extractingPath("$.items[?(@.name=='renderfleet.api.body.timeout')].origin")
                .asArray()
                .containsExactly("default");
        answer.extractingPath("$.items[?(@.name=='server.address')].value")
                .asArray()
                .containsExactly("127.0.0.1");
        answer.extractingPath("$.items[?(@.name=='server.address')].origin")
                .asArray()
                .allSatisfy(origin -> assertThat(origin.toString()).startsWith("api-service.yml, line "));
    }

    @Test
    void masksSecrets() {
        assertThat(http.get().uri("/admin/settings"))
                .bodyText()
                .contains("spring.cloud.aws.credentials.secret-key")
                .doesNotContain("renderfleet-local");
    }
}
