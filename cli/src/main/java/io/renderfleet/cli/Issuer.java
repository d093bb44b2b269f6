package io.renderfleet.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID Connect issuer: its endpoints, and requests to them. Only addresses with https, or on this machine, are used,
 * because the requests carry secrets.
 */
final class Issuer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);
    private static final int OK = 200;

    private final String issuer;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final JsonNode metadata;

    /**
     * Reads the endpoints of an issuer.
     *
     * @throws LoginException when the issuer does not respond, or is not one
     */
    Issuer(String issuer) throws InterruptedException {
        this.issuer = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        Answer answer = send(HttpRequest.newBuilder(checked(this.issuer + "/.well-known/openid-configuration")));
        String name = answer.body().path("issuer").asText();
        if (answer.status() != OK || !(name.equals(issuer) || name.equals(this.issuer))) {
            throw refused("is not an OpenID Connect issuer. Check --issuer");
        }
        metadata = answer.body();
    }

    /** The tokens of a user. Its text has no secrets. */
    record Tokens(String access, @Nullable String refresh, Instant expiresAt) {
        @Override
        public String toString() {
            return "Tokens until " + expiresAt;
        }
    }

    /** An answer of the issuer: JSON, or an empty object for any other body. */
    record Answer(int status, JsonNode body) {
        boolean isOk() {
            return status == OK;
        }

        String error() {
            return body.path("error").asText("");
        }
    }

    /** Whether the issuer has a scope, such as {@code offline_access}. */
    boolean supports(String scope) {
        return StreamSupport.stream(metadata.path("scopes_supported").spliterator(), false)
                .anyMatch(supported -> supported.asText().equals(scope));
    }

    /** Where a client gets tokens. */
    URI tokenEndpoint() {
        return checked(metadata.path("token_endpoint").asText(""));
    }

    /**
     * Asks for a code that a person enters elsewhere.
     *
     * @param scope the scopes, separated by spaces; empty for those that the issuer gives anyway
     */
    JsonNode startDeviceLogin(String clientId, String scope) throws InterruptedException {
        if (!metadata.hasNonNull("device_authorization_endpoint")) {
            throw refused("does not offer the login of devices. For a machine client, set RENDERFLEET_CLIENT_ID and"
                    + " RENDERFLEET_CLIENT_SECRET");
        }
        Map<String, String> form = new LinkedHashMap<>(Map.of("client_id", clientId));
        if (!scope.isEmpty()) {
            form.put("scope", scope);
        }
        Answer answer = post("device_authorization_endpoint", form);
        if (!answer.isOk() || !answer.body().hasNonNull("device_code")) {
            throw refused("refused the login: " + reason(answer));
        }
        return answer.body();
    }

    /** Sends a request to the token endpoint. */
    Answer token(Map<String, String> form) throws InterruptedException {
        return post("token_endpoint", form);
    }

    /** The tokens of an answer of the token endpoint. */
    Tokens tokens(Answer answer, @Nullable String formerRefresh) {
        String access = answer.body().path("access_token").asText("");
        if (!answer.isOk() || access.isEmpty()) {
            throw refused("gave no token: " + reason(answer));
        }
        long seconds = answer.body().path("expires_in").asLong(DEFAULT_LIFETIME.toSeconds());
        return new Tokens(
                access,
                answer.body().path("refresh_token").asText(formerRefresh),
                Instant.now()
                        .plusSeconds(Math.clamp(seconds, 0, Duration.ofDays(30).toSeconds())));
    }

    LoginException refused(String what) {
        return new LoginException("The issuer " + issuer + " " + what + ".", ExitCode.REFUSED);
    }

    static String reason(Answer answer) {
        String description = answer.body().path("error_description").asText("");
        String error = answer.error();
        return error.isEmpty()
                ? "status " + answer.status()
                : description.isEmpty() ? error : error + ", " + description;
    }

    private Answer post(String endpoint, Map<String, String> form) throws InterruptedException {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(checked(metadata.path(endpoint).asText("")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)));
    }

    private Answer send(HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(
                    request.timeout(TIMEOUT)
                            .header("Accept", "application/json")
                            .build(),
                    BodyHandlers.ofString());
            try {
                return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
            } catch (JsonProcessingException e) {
                return new Answer(answer.statusCode(), JSON.createObjectNode());
            }
        } catch (IOException e) {
            throw new LoginException(
                    "The issuer " + issuer + " did not respond: "
                            + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                            + ". Check --issuer and the network.",
                    ExitCode.NOT_REACHABLE);
        }
    }

    private URI checked(String address) {
        try {
            URI uri = URI.create(address);
            boolean encrypted = "https".equals(uri.getScheme()) && uri.getHost() != null;
            if (encrypted || Loopback.is(uri)) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        throw refused("has the address '" + address + "'. It must begin with https://, or lead to this machine");
    }
}
