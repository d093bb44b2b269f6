package io.renderfleet.api.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.api.ApiServiceApplication;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.api.identity.AuthenticatedApi.Answer;
import io.renderfleet.start.CannotStartException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which tokens let a caller in, and what a service does whose issuer is down, slow, or changes its keys. */
class TokenTests {
    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static TestIssuer issuer;

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static AuthenticatedApi api;

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        api = new AuthenticatedApi(issuer, Map.of());
    }

    @AfterAll
    static void stop() {
        api.close();
        issuer.close();
    }

    @Test
    void acceptsATokenOfItsIssuer() throws Exception {
        Answer answer = api.call("GET", "/jobs", issuer.user("nobody-with-jobs"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("items")).isEmpty();
    }

    @Test
    void sendsAChallengeWithoutAToken() throws Exception {
        Answer answer = api.call("GET", "/jobs", null);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.problem()).isEqualTo("token-required");
        assertThat(answer.response().headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(answer.response().headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.response().headers().firstValue("X-Content-Type-Options"))
                .contains("nosniff");
    }

    @Test
    void refusesTokensThatAreNotValid() throws Exception {
        Instant now = Instant.now();
        String good = issuer.user("ada");
        Map<String, String> tokens = Map.ofEntries(
                Map.entry("not a token", "x.y.z"),
                Map.entry("changed", good.substring(0, good.length() - 6) + "AAAAAA"),
                Map.entry("without a signature", issuer.unsigned()),
                Map.entry("HS256 with the public key", issuer.signedWithPublicKey()),
                Map.entry("expired", changed("expirationTime", now.minusSeconds(120))),
                Map.entry(
                        "without an end", issuer.token("ada", List.of("user"), claims -> claims.expirationTime(null))),
                Map.entry("of the future", changed("issueTime", now.plusSeconds(300))),
                Map.entry("not valid yet", changed("notBeforeTime", now.plusSeconds(300))),
                Map.entry(
                        "for another audience",
                        issuer.token("ada", List.of("user"), claims -> claims.audience("other"))),
                Map.entry(
                        "without an audience",
                        issuer.token("ada", List.of("user"), claims -> claims.audience((String) null))),
                Map.entry(
                        "of another issuer",
                        issuer.token("ada", List.of("user"), claims -> claims.issuer("https://issuer.example"))),
                Map.entry("without a subject", issuer.token("ada", List.of("user"), claims -> claims.subject(null))),
                Map.entry(
                        "with a control character",
                        issuer.token("ada", List.of("user"), claims -> claims.subject("a\u0007"))));

        for (Map.Entry<String, String> token : tokens.entrySet()) {
            Answer answer = api.call("GET", "/jobs", token.getValue());
            assertThat(answer.status()).as(token.getKey()).isEqualTo(401);
            assertThat(answer.problem()).as(token.getKey()).isEqualTo("invalid-token");
            assertThat(answer.response()
                            .headers()
                            .firstValue("WWW-Authenticate")
                            .orElse(""))
                    .as(token.getKey())
                    .contains("error=\"invalid_token\"");
            assertThat(answer.body()).as(token.getKey()).doesNotContain("Exception");
        }
    }

    private static String changed(String claim, Instant time) {
        return issuer.token("ada", List.of("user"), claims -> {
            switch (claim) {
                case "expirationTime" ->
                    claims.expirationTime(Date.from(time)).issueTime(Date.from(time.minusSeconds(600)));
                case "issueTime" -> claims.issueTime(Date.from(time));
                default -> claims.notBeforeTime(Date.from(time));
            }
        });
    }

    @Test
    void allowsClocksToDifferALittle() throws Exception {
        assertThat(api.call(
                                "GET",
                                "/jobs",
                                changed("expirationTime", Instant.now().minusSeconds(20)))
                        .status())
                .isEqualTo(200);
        assertThat(api.call("GET", "/jobs", changed("issueTime", Instant.now().plusSeconds(20)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusesATokenOf100Kilobytes() throws Exception {
        String token = issuer.token("ada", List.of("user"), claims -> claims.claim("large", "x".repeat(75_000)));

        Answer answer = api.call("GET", "/jobs", token);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("invalid-request");
    }

    @Test
    void refusesATokenWithoutARoleAndOneInTheAddress() throws Exception {
        Answer none = api.call("GET", "/jobs", issuer.token("ada", List.of("visitor"), claims -> {}));
        assertThat(none.status()).isEqualTo(403);
        assertThat(none.problem()).isEqualTo("role-required");

        Answer user = api.call("GET", "/admin/regions", issuer.user("ada"));
        assertThat(user.status()).isEqualTo(403);
        assertThat(user.problem()).isEqualTo("operators-only");
        assertThat(user.json().path("detail").asText()).contains("operator", "claim roles");

        assertThat(api.call("GET", "/jobs?access_token=" + issuer.user("ada"), null)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void readsNewKeysWhenTheIssuerChangesThem() throws Exception {
        try (TestIssuer rotating = new TestIssuer();
                AuthenticatedApi service = new AuthenticatedApi(rotating, Map.of())) {
            assertThat(service.call("GET", "/jobs", rotating.user("ada")).status())
                    .isEqualTo(200);
            String before = rotating.user("ada");
            rotating.rotate();

            assertThat(service.call("GET", "/jobs", rotating.user("ada")).status())
                    .isEqualTo(200);
            assertThat(service.call("GET", "/jobs", before).status()).isEqualTo(401);
            int reads = rotating.reads();
            for (int i = 0; i < 20; i++) {
                service.call("GET", "/jobs", before);
            }
            assertThat(rotating.reads()).isLessThanOrEqualTo(reads + 1);
        }
    }

    @Test
    void staysUpWhileItsIssuerIsDown() throws Exception {
        try (TestIssuer failing = new TestIssuer();
                AuthenticatedApi service = new AuthenticatedApi(failing, Map.of())) {
            failing.setDown(true);
            Answer answer = service.call("GET", "/jobs", failing.user("ada"));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.problem()).isEqualTo("issuer-unavailable");
            assertThat(answer.response().headers().firstValue("Retry-After")).isPresent();
            assertThat(service.call("GET", "/jobs", null).status()).isEqualTo(401);

            failing.setDown(false);
            assertThat(service.call("GET", "/jobs", failing.user("ada")).status())
                    .isEqualTo(200);
            failing.setDown(true);
            assertThat(service.call("GET", "/jobs", failing.user("ada")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void waitsForASlowIssuerForALimitedTime() throws Exception {
        try (TestIssuer slow = new TestIssuer();
                AuthenticatedApi service = new AuthenticatedApi(slow, Map.of())) {
            slow.setDelay(Duration.ofSeconds(20));
            long began = System.nanoTime();

            assertThat(service.call("GET", "/jobs", slow.user("ada")).status()).isEqualTo(503);

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void readsRolesAndAudiencesOfOtherIssuers() throws Exception {
        try (AuthenticatedApi keycloak =
                        new AuthenticatedApi(issuer, Map.of("renderfleet.identity.roles-claim", "realm_access.roles"));
                AuthenticatedApi cognito = new AuthenticatedApi(
                        issuer,
                        Map.of(
                                "renderfleet.identity.roles-claim", "cognito:groups",
                                "renderfleet.identity.audience-claim", "client_id",
                                "renderfleet.identity.operator-role", "render-operators"))) {
            String nested = issuer.token(
                    "ada", List.of(), claims -> claims.claim("realm_access", Map.of("roles", List.of("user"))));
            assertThat(keycloak.call("GET", "/jobs", nested).status()).isEqualTo(200);
            assertThat(keycloak.call("GET", "/jobs", issuer.user("ada")).status())
                    .isEqualTo(403);

            String groups = issuer.token(
                    "ada",
                    List.of(),
                    claims -> claims.audience((String) null)
                            .claim("client_id", "renderfleet")
                            .claim("cognito:groups", List.of("render-operators")));
            assertThat(cognito.call("GET", "/admin/regions", groups).status()).isEqualTo(200);
        }
    }

    @Test
    void doesNotStartWithoutAnIssuerUnlessItIsLocalAndOnALoopbackAddress() {
        assertThatThrownBy(() -> start("--spring.profiles.active=prod"))
                .rootCause()
                .isInstanceOf(CannotStartException.class)
                .hasMessage("This service would let everybody in, because it has no issuer of tokens.");
        assertThatThrownBy(() -> start("--server.address=0.0.0.0"))
                .rootCause()
                .isInstanceOf(CannotStartException.class);
    }

    private static void start(String argument) {
        Map<String, String> properties = new HashMap<>(OnLocalAws.AWS.serviceProperties());
        properties.putAll(Map.of("server.port", "0", "management.server.port", "0"));
        properties.remove(argument.substring(2, argument.indexOf('=')));
        List<String> arguments = new ArrayList<>(List.of(argument));
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        ApiServiceApplication.create().run(arguments.toArray(String[]::new)).close();
    }
}
