package io.renderfleet.localaws.dynamodb;

import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies that a request was signed with the secret key, by AWS Signature Version 4. The SDK can sign but not verify:
 * it chooses by itself which headers it signs, and each SDK chooses others.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">Create a
 *     signed AWS API request</a>
 */
final class SignatureV4 {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Duration SKEW = Duration.ofMinutes(15);
    private static final int SCOPE_PARTS = 5;
    private static final int MAX_CACHED_KEYS = 100;

    private final String accessKey;
    private final String secretKey;
    private final Clock clock;
    private final Map<String, byte[]> signingKeys = new ConcurrentHashMap<>();

    SignatureV4(String accessKey, String secretKey, Clock clock) {
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.clock = clock;
    }

    /** The service's error if the request is not signed, its time is too far off, or it was signed with another key. */
    void verify(String method, URI uri, Headers headers, byte[] body) {
        String authorization = headers.getFirst("Authorization");
        if (authorization == null) {
            throw ServiceException.denied(
                    "MissingAuthenticationTokenException", "Request is missing Authentication Token");
        }
        if (!authorization.startsWith(ALGORITHM + " ")) {
            throw incomplete(authorization);
        }
        Map<String, String> parts = parts(authorization.substring(ALGORITHM.length() + 1));
        String[] credential = parts.getOrDefault("Credential", "").split("/", -1);
        String signature = parts.get("Signature");
        String signedHeaders = parts.get("SignedHeaders");
        String date = headers.getFirst("X-Amz-Date");
        if (credential.length != SCOPE_PARTS || signature == null || signedHeaders == null || date == null) {
            throw incomplete(authorization);
        }
        if (!credential[0].equals(accessKey)) {
            throw ServiceException.denied(
                    "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        checkDate(date);
        String scope = String.join("/", Arrays.asList(credential).subList(1, SCOPE_PARTS));
        String canonical = canonical(method, uri, headers, signedHeaders, body);
        String toSign = String.join("\n", ALGORITHM, date, scope, hex(sha256(canonical)));
        byte[] expected = hmac(signingKey(scope), toSign);
        if (!MessageDigest.isEqual(
                hex(expected).getBytes(StandardCharsets.US_ASCII), signature.getBytes(StandardCharsets.US_ASCII))) {
            throw ServiceException.denied(
                    "InvalidSignatureException",
                    "The request signature we calculated does not match the signature you provided. Check your AWS"
                            + " Secret Access Key and signing method. Consult the service documentation for details.");
        }
    }

    private void checkDate(String date) {
        Instant signed;
        try {
            signed = DATE.parse(date, Instant::from);
        } catch (DateTimeException e) {
            throw ServiceException.denied(
                    "IncompleteSignatureException",
                    "Date must be in ISO-8601 'basic format'. Got '" + date
                            + "'. See http://en.wikipedia.org/wiki/ISO_8601");
        }
        Instant now = clock.instant();
        if (Duration.between(signed, now).abs().compareTo(SKEW) > 0) {
            throw ServiceException.denied(
                    "InvalidSignatureException",
                    "Signature expired or not yet current: " + date + " is more than " + SKEW.toMinutes()
                            + " minutes from " + DATE.format(now));
        }
    }

    private static Map<String, String> parts(String authorization) {
        var parts = new HashMap<String, String>();
        for (String part : authorization.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(
                        part.substring(0, equals).strip(),
                        part.substring(equals + 1).strip());
            }
        }
        return parts;
    }

    private static String canonical(String method, URI uri, Headers headers, String signedHeaders, byte[] body) {
        var canonical =
                new StringBuilder(method).append('\n').append(uri.getRawPath()).append('\n');
        canonical.append(uri.getRawQuery() == null ? "" : uri.getRawQuery()).append('\n');
        String previous = "";
        for (String name : signedHeaders.split(";", -1)) {
            // Signature Version 4 requires sorted names. The check also prevents that repeated names fill the memory.
            if (name.compareTo(previous) <= 0) {
                throw incomplete(ALGORITHM);
            }
            previous = name;
            List<String> values = headers.getOrDefault(name, List.of());
            canonical.append(name).append(':');
            canonical.append(String.join(
                    ",",
                    values.stream()
                            .map(value -> value.strip().replaceAll(" +", " "))
                            .toList()));
            canonical.append('\n');
        }
        return canonical
                .append('\n')
                .append(signedHeaders)
                .append('\n')
                .append(hex(sha256(body)))
                .toString();
    }

    /** The signing key of a day, a region and a service. */
    private byte[] signingKey(String scope) {
        byte[] known = signingKeys.get(scope);
        if (known != null) {
            return known;
        }
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        if (signingKeys.size() < MAX_CACHED_KEYS) {
            signingKeys.put(scope, key);
        }
        return key;
    }

    private static ServiceException incomplete(String authorization) {
        return ServiceException.denied(
                "IncompleteSignatureException",
                "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters and the"
                        + " request an 'X-Amz-Date' header. Authorization="
                        + authorization.split(" ", 2)[0]);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256.", e);
        }
    }

    private static byte[] sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
