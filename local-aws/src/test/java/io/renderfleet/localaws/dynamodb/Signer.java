package io.renderfleet.localaws.dynamodb;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests by AWS Signature Version 4, also such as no SDK would send. */
record Signer(String accessKey, String secretKey, Instant now) {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** The headers that a POST of the body to {@code /} needs besides those that the HTTP client sets. */
    Map<String, String> headers(String host, String target, byte[] body) {
        String date = DATE.format(now);
        var signed = new TreeMap<>(Map.of("host", host, "x-amz-date", date, "x-amz-target", target));
        var canonical = new StringBuilder("POST\n/\n\n");
        signed.forEach((name, value) ->
                canonical.append(name).append(':').append(value).append('\n'));
        String names = String.join(";", signed.keySet());
        canonical.append('\n').append(names).append('\n').append(sha256(body));
        String scope = date.substring(0, 8) + "/us-east-1/dynamodb/aws4_request";
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        String toSign = String.join(
                "\n",
                "AWS4-HMAC-SHA256",
                date,
                scope,
                sha256(canonical.toString().getBytes(StandardCharsets.UTF_8)));
        String signature = HexFormat.of().formatHex(hmac(key, toSign));
        return Map.of(
                "X-Amz-Target",
                target,
                "X-Amz-Date",
                date,
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                        .formatted(accessKey, scope, names, signature));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
