package io.renderfleet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.api.ApiTest;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@ApiTest
class OperatorGuardTests {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @Autowired
    MockMvcTester http;

    @Test
    void guardsEveryPathOfOperators() {
        for (String path : List.of("/admin/regions", "/admin/queues", "/admin/dead-letters")) {
            var answer = assertThat(http.get().uri(path).with(request -> {
                        request.setRemoteAddr("10.1.2.3");
                        return request;
                    }))
                    .hasStatus(403)
                    .bodyJson();
            answer.extractingPath("$.type").isEqualTo("urn:renderfleet:problem:operators-only");
            answer.extractingPath("$.detail").asString().contains("renderfleet.api.operator-token");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "0:0:0:0:0:0:0:1"})
    void withoutATokenServesThisMachine(String address) {
        assertThat(passes("", local(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "192.168.1.1", "0.0.0.0", "2001:db8::1", "", "localhost", "unknown"})
    void withoutATokenRefusesOtherMachines(String address) {
        assertRefused("", local(address), ProblemType.OPERATORS_ONLY);
    }

    @Test
    void withoutATokenServesNoPageOfAnotherMachine() {
        MockHttpServletRequest rebound = local("127.0.0.1");
        rebound.setServerName("attacker.example");
        assertRefused("", rebound, ProblemType.OPERATORS_ONLY);

        MockHttpServletRequest foreign = local("127.0.0.1");
        foreign.addHeader("Host", "127.0.0.1:8080");
        foreign.addHeader("Origin", "http://attacker.example");
        assertRefused("", foreign, ProblemType.OPERATORS_ONLY);

        MockHttpServletRequest own = local("127.0.0.1");
        own.addHeader("Host", "127.0.0.1:8080");
        own.addHeader("Origin", "http://127.0.0.1:8080");
        assertThat(passes("", own)).isTrue();
    }

    @Test
    void withATokenAcceptsItFromAnywhere() {
        MockHttpServletRequest request = local("10.0.0.1");
        request.addHeader("Authorization", "Bearer " + TOKEN);
        assertThat(passes(TOKEN, request)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "Bearer wrong", "Basic " + TOKEN, TOKEN, "Bearer " + TOKEN + "x"})
    void withATokenRefusesEverybodyElseEvenThisMachine(String header) {
        MockHttpServletRequest request = local("127.0.0.1");
        assertRefused(TOKEN, request, ProblemType.OPERATOR_TOKEN_REQUIRED);
        request.addHeader("Authorization", header);
        assertRefused(TOKEN, request, ProblemType.OPERATOR_TOKEN_REQUIRED);
    }

    @Test
    void tellsHowToAuthenticate() {
        MockHttpServletResponse response = new MockHttpServletResponse();
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> guard(TOKEN).preHandle(local("127.0.0.1"), response, this));
        assertThat(response.getHeader("WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void takesNoShortTokenAndShowsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new OperatorSettings("short"));
        assertThat(new OperatorSettings(TOKEN)).asString().doesNotContain(TOKEN);
    }

    private static MockHttpServletRequest local(String address) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/admin/regions");
        request.setRemoteAddr(address);
        request.setServerName("127.0.0.1");
        return request;
    }

    private boolean passes(String token, MockHttpServletRequest request) {
        return guard(token).preHandle(request, new MockHttpServletResponse(), this);
    }

    private void assertRefused(String token, MockHttpServletRequest request, ProblemType type) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> passes(token, request))
                .satisfies(e -> assertThat(e.type()).isEqualTo(type));
    }

    private static OperatorGuard guard(String token) {
        return new OperatorGuard(new OperatorSettings(token));
    }
}
