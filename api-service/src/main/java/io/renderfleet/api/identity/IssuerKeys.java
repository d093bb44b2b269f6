package io.renderfleet.api.identity;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the public keys of an issuer over HTTP, from the URL in its discovery document (OpenID Connect Discovery 1.0,
 * section 4) unless the URL is given. Each connection has a time limit, and an answer a size limit. No key is
 * kept between calls.
 */
final class IssuerKeys implements JWKSetSource<SecurityContext> {
    private static final String DISCOVERY = "/.well-known/openid-configuration";
    private static final int CONNECT_MILLIS = 2000;
    private static final int READ_MILLIS = 3000;
    private static final int MAX_BYTES = 512 * 1024;

    private final @Nullable URI issuer;
    private final @Nullable URI jwksUrl;
    private final DefaultResourceRetriever http = new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, MAX_BYTES);

    private volatile boolean read;

    /** One of the arguments must not be null. */
    IssuerKeys(@Nullable URI issuer, @Nullable URI jwksUrl) {
        this.issuer = issuer;
        this.jwksUrl = jwksUrl;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long currentTime, SecurityContext context)
            throws KeySourceException {
        try {
            URL url = (jwksUrl != null ? jwksUrl : discover(Objects.requireNonNull(issuer))).toURL();
            JWKSet keys = JWKSet.parse(http.retrieveResource(url).getContent());
            read = true;
            return keys;
        } catch (IOException | ParseException | IllegalArgumentException e) {
            throw new JWKSetUnavailableException("The public keys of the issuer cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether the keys were ever read. */
    boolean wereRead() {
        return read;
    }

    private URI discover(URI from) throws IOException, ParseException {
        String base = from.toString().replaceFirst("/$", "");
        Map<String, Object> document = JSONObjectUtils.parse(
                http.retrieveResource(URI.create(base + DISCOVERY).toURL()).getContent());
        String named = JSONObjectUtils.getString(document, "issuer");
        if (!from.toString().equals(named)) {
            throw new IOException("the discovery document of " + from + " is that of the issuer " + named
                    + "; set renderfleet.identity.issuer to this name");
        }
        URI keys = JSONObjectUtils.getURI(document, "jwks_uri");
        if (keys == null) {
            throw new IOException("the discovery document of " + from + " has no jwks_uri");
        }
        return keys;
    }

    @Override
    public void close() {
        // Keeps no connection.
    }
}
