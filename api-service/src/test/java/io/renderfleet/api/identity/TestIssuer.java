package io.renderfleet.api.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** An issuer of tokens on a loopback address, whose endpoints can be made slow or fail, and whose keys can change. */
public final class TestIssuer implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger reads = new AtomicInteger();
    private volatile RSAKey key = newKey();
    private volatile boolean down;
    private volatile Duration delay = Duration.ZERO;

    public TestIssuer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/.well-known/openid-configuration", exchange -> answer(exchange, """
                {"issuer": "%s", "jwks_uri": "%s/keys"}""".formatted(issuer(), issuer())));
        server.createContext("/keys", exchange -> {
            reads.incrementAndGet();
            answer(exchange, new JWKSet(key.toPublicJWK()).toString());
        });
        server.start();
    }

    private void answer(HttpExchange exchange, String json) throws IOException {
        LockSupport.parkNanos(delay.toNanos());
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(down ? 503 : 200, down ? -1 : body.length);
        if (!down) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    public URI issuer() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** How often the keys were read. */
    int reads() {
        return reads.get();
    }

    void setDown(boolean down) {
        this.down = down;
    }

    void setDelay(Duration delay) {
        this.delay = delay;
    }

    /** Signs with another key from now on, and publishes no other. */
    void rotate() {
        key = newKey();
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private JWTClaimsSet claims(String user, List<String> roles, Consumer<JWTClaimsSet.Builder> more) {
        Instant now = Instant.now();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(issuer().toString())
                .subject(user)
                .audience("renderfleet")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(600)))
                .claim("roles", roles);
        more.accept(claims);
        return claims.build();
    }

    /** A valid token of a user with the role {@code user}. */
    public String user(String user) {
        return token(user, List.of("user"), claims -> {});
    }

    /** A valid token of an operator. */
    public String operator(String user) {
        return token(user, List.of("operator"), claims -> {});
    }

    /** A signed token with changed claims. */
    String token(String user, List<String> roles, Consumer<JWTClaimsSet.Builder> change) {
        try {
            RSAKey signing = key;
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(signing.getKeyID())
                            .type(new JOSEObjectType("at+jwt"))
                            .build(),
                    claims(user, roles, change));
            token.sign(new RSASSASigner(signing));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A token without a signature. */
    String unsigned() {
        return new PlainJWT(claims("eve", List.of("operator"), claims -> {})).serialize();
    }

    /** A token whose symmetric signature has the bytes of the public key as its secret. */
    String signedWithPublicKey() {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims("eve", List.of("operator"), claims -> {}));
            token.sign(new MACSigner(key.toPublicKey().getEncoded()));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
