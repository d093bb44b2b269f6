package io.renderfleet.api.page;

import java.net.URI;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How users of the page log in. Everything here is public.
 *
 * @param clientId the client of the page at the issuer: a public client (without a secret) for the authorization code flow
 *     with PKCE, whose redirect URI is the address of the API with the path {@code /}. If empty, and there is an issuer, the
 *     page shows how to configure it
 * @param scope the scopes that the page asks for, separated by spaces; with {@code openid}. Some issuers need
 *     {@code offline_access} for a refresh token, and without one users must log in again when their token expires
 * @param loginOrigins the origins to which the page sends requests of its login, such as
 *     {@code https://example.auth.us-east-1.amazoncognito.com}, if the token endpoint of the issuer has another host than
 *     the issuer
 */
@ConfigurationProperties("renderfleet.page")
record PageSettings(
        @DefaultValue("") String clientId,
        @DefaultValue("openid") String scope,
        @DefaultValue Set<URI> loginOrigins) {

    PageSettings {
        if (!Set.of(scope.split(" ")).contains("openid")) {
            throw new IllegalArgumentException("renderfleet.page.scope must contain openid");
        }
        for (URI origin : loginOrigins) {
            if (origin.getHost() == null || !PagePolicy.originOf(origin).equals(origin.toString())) {
                throw new IllegalArgumentException("renderfleet.page.login-origins must be origins such as"
                        + " https://login.example.com, without a path; not " + origin);
            }
        }
        loginOrigins = Set.copyOf(loginOrigins);
    }
}
