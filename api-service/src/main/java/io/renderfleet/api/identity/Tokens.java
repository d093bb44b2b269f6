package io.renderfleet.api.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.renderfleet.job.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/**
 * Checks the tokens of callers: JSON Web Tokens (RFC 7519) with a signature of the configured issuer.
 *
 * <p>The keys of the issuer are kept for five minutes. A token with an unknown key makes the service read them again, at
 * most twice in 30 seconds, so that a rotation needs no restart and invented key ids cause no load. While the issuer does
 * not answer, the last keys are used for up to an hour.
 */
final class Tokens {
    private static final Duration OUTAGE = Duration.ofHours(1);

    private final IdentitySettings settings;
    private final JwtDecoder decoder;
    private final InstantSource clock;

    Tokens(IdentitySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.decoder = create();
    }

    private JwtDecoder create() {
        IssuerKeys source = new IssuerKeys(settings.issuer(), settings.jwksUrl());
        JWKSource<SecurityContext> keys = JWKSourceBuilder.create(source)
                .outageTolerant(OUTAGE.toMillis())
                .build();
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                settings.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet()), keys));
        // Access tokens have the type of RFC 9068, or none.
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWTClaimsSetVerifier((claims, context) -> {}); // Spring Security checks the claims.
        NimbusJwtDecoder nimbus = new NimbusJwtDecoder(processor);
        List<OAuth2TokenValidator<Jwt>> validators = new ArrayList<>();
        validators.add(new JwtTimestampValidator(settings.clockSkew()));
        validators.add(this::requireTimes);
        validators.add(this::requireAudience);
        if (settings.issuer() != null) {
            validators.add(new JwtIssuerValidator(settings.issuer().toString()));
        }
        nimbus.setJwtValidator(new DelegatingOAuth2TokenValidator<>(validators));
        return token -> {
            try {
                return nimbus.decode(token);
            } catch (BadJwtException e) {
                throw e;
            } catch (JwtException e) {
                if (e.getCause() instanceof RateLimitReachedException && source.wereRead()) {
                    throw new BadJwtException("The token is signed with a key that its issuer does not publish", e);
                }
                throw e;
            }
        };
    }

    /** Checks the signature and the claims of tokens. */
    JwtDecoder decoder() {
        return decoder;
    }

    /**
     * The caller of a valid token, with those roles that count here.
     *
     * @throws InvalidBearerTokenException if the claim with the user is not valid
     */
    AbstractAuthenticationToken caller(Jwt jwt) {
        Collection<String> roles = roles(jwt);
        boolean operator = roles.contains(settings.operatorRole());
        List<GrantedAuthority> granted = new ArrayList<>();
        if (operator || roles.contains(settings.userRole())) {
            granted.add(new SimpleGrantedAuthority(Callers.USER));
        }
        if (operator) {
            granted.add(new SimpleGrantedAuthority(Callers.OPERATOR));
        }
        return new JwtAuthenticationToken(jwt, granted, user(jwt).value());
    }

    private UserId user(Jwt jwt) {
        try {
            return new UserId(jwt.getClaims().get(settings.userClaim()) instanceof String text ? text : "");
        } catch (IllegalArgumentException e) {
            throw new InvalidBearerTokenException(
                    "The claim " + settings.userClaim() + " is not 1 to 128 printable characters", e);
        }
    }

    /** The values of the claim with the roles; none if there is no such claim. */
    private Collection<String> roles(Jwt jwt) {
        return switch (claim(jwt.getClaims(), settings.rolesClaim())) {
            case String text -> Arrays.asList(text.split(" "));
            case Collection<?> list -> list.stream().map(String::valueOf).toList();
            case null, default -> List.of();
        };
    }

    /** A claim by its name, or by a path through claims that are objects. */
    private static @Nullable Object claim(Map<?, ?> claims, String path) {
        Object direct = claims.get(path);
        int dot = path.indexOf('.');
        if (direct != null || dot < 0) {
            return direct;
        }
        return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                ? claim(inner, path.substring(dot + 1))
                : null;
    }

    /** A token without an end would be valid for ever, and one of the future is from a clock that cannot be trusted. */
    private OAuth2TokenValidatorResult requireTimes(Jwt jwt) {
        if (jwt.getExpiresAt() == null) {
            return invalid("The token has no claim exp");
        }
        Instant issued = jwt.getIssuedAt();
        return issued != null && issued.isAfter(clock.instant().plus(settings.clockSkew()))
                ? invalid("The token was issued in the future")
                : OAuth2TokenValidatorResult.success();
    }

    private OAuth2TokenValidatorResult requireAudience(Jwt jwt) {
        Collection<?> given = switch (jwt.getClaims().get(settings.audienceClaim())) {
            case String text -> Set.of(text);
            case Collection<?> list -> list;
            case null, default -> Set.of();
        };
        return given.stream().anyMatch(settings.audience()::contains)
                ? OAuth2TokenValidatorResult.success()
                : invalid("The token is for another audience");
    }

    private static OAuth2TokenValidatorResult invalid(String description) {
        return OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", description, null));
    }
}
