package io.renderfleet.api.identity;

import com.nimbusds.jose.JWSAlgorithm;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The issuer of the tokens with which callers identify themselves, and how their claims are read. A start with neither
 * an issuer nor a JWKS URL is possible only with the profile {@code local} on a loopback address, and then nobody is
 * asked for a token.
 *
 * @param issuer the issuer of the tokens, exactly as in their claim {@code iss}. Without a JWKS URL, the keys are found
 *     through its {@code /.well-known/openid-configuration}
 * @param jwksUrl the URL of the public keys of the issuer, if it has no discovery document. Without an issuer, the claim
 *     {@code iss} is not checked
 * @param audience a token must be for one of these audiences
 * @param audienceClaim the claim with the audience; {@code client_id} for access tokens of Amazon Cognito, which have no
 *     {@code aud}
 * @param algorithms the signature algorithms that are accepted, of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384,
 *     ES512 and EdDSA
 * @param clockSkew how far the clocks of issuer and service may differ; up to 5 minutes
 * @param userClaim the claim with the id of the user, which becomes the owner of what the caller makes
 * @param rolesClaim the claim with the roles: a list, or a text with spaces. A path with dots leads to a claim inside of
 *     others, such as {@code realm_access.roles} of Keycloak
 * @param userRole the role that lets a caller use the API
 * @param operatorRole the role that lets a caller also act for other users, and call {@code /admin}
 */
@ConfigurationProperties("renderfleet.identity")
public record IdentitySettings(
        @Nullable URI issuer,
        @Nullable URI jwksUrl,
        @DefaultValue("renderfleet") Set<String> audience,
        @DefaultValue("aud") String audienceClaim,

        @DefaultValue({"RS256", "PS256", "ES256", "EdDSA"}) Set<String> algorithms,

        @DefaultValue("60s") Duration clockSkew,
        @DefaultValue("sub") String userClaim,
        @DefaultValue("roles") String rolesClaim,
        @DefaultValue("user") String userRole,
        @DefaultValue("operator") String operatorRole) {
    private static final Duration MAX_SKEW = Duration.ofMinutes(5);

    /** Those with a pair of keys. One with a shared secret would let everybody who can check a token make one. */
    private static final Set<String> ASYMMETRIC =
            JWSAlgorithm.Family.SIGNATURE.stream().map(JWSAlgorithm::getName).collect(Collectors.toUnmodifiableSet());

    public IdentitySettings {
        requireUrl("issuer", issuer);
        requireUrl("jwks-url", jwksUrl);
        if (audience.isEmpty()) {
            throw new IllegalArgumentException("renderfleet.identity.audience must have one value or more");
        }
        if (algorithms.isEmpty() || !ASYMMETRIC.containsAll(algorithms)) {
            throw new IllegalArgumentException("renderfleet.identity.algorithms must be one or more of "
                    + ASYMMETRIC.stream().sorted().collect(Collectors.joining(", ")));
        }
        if (clockSkew.isNegative() || clockSkew.compareTo(MAX_SKEW) > 0) {
            throw new IllegalArgumentException("renderfleet.identity.clock-skew must be from 0s to 5m");
        }
        audience = Set.copyOf(audience);
        algorithms = Set.copyOf(algorithms);
    }

    private static void requireUrl(String name, @Nullable URI url) {
        if (url != null && (url.getHost() == null || !Set.of("http", "https").contains(url.getScheme()))) {
            throw new IllegalArgumentException("renderfleet.identity." + name + " must be an https URL");
        }
    }

    /** Whether callers must identify themselves. */
    public boolean isRequired() {
        return issuer != null || jwksUrl != null;
    }
}
