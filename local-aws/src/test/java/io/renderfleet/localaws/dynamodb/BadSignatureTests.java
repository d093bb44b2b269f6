package io.renderfleet.localaws.dynamodb;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadSignatureTests {
    private static final String TARGET = "DynamoDB_20120810.ListTables";
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);
    private static final Duration SKEW = Duration.ofMinutes(15);
    private final Wire wire = new Wire(DynamoDbSettings.defaults());

    @AfterAll
    void stop() {
        wire.close();
    }

    @AfterEach
    void stillAnswers() {
        wire.call("ListTables", "{}").ok();
    }

    @Test
    void refusesUnsignedRequest() {
        wire.send("POST", Map.of("X-Amz-Target", TARGET), BODY)
                .isRefused("MissingAuthenticationTokenException", "Request is missing Authentication Token");
    }

    @Test
    void refusesWrongSecretKey() {
        wire.send(TARGET, BODY, new Signer(Wire.ACCESS_KEY, "wrong", Instant.now()))
                .isRefused("InvalidSignatureException", "The request signature we calculated does not match");
    }

    @Test
    void refusesUnknownAccessKey() {
        wire.send(TARGET, BODY, new Signer("stranger", Wire.SECRET_KEY, Instant.now()))
                .isRefused("UnrecognizedClientException", "The security token included in the request is invalid.");
    }

    @Test
    void refusesSignatureOfAnotherTime() {
        Instant now = Instant.now();
        for (Instant at :
                new Instant[] {now.minus(SKEW).minusSeconds(60), now.plus(SKEW).plusSeconds(60)}) {
            wire.send(TARGET, BODY, new Signer(Wire.ACCESS_KEY, Wire.SECRET_KEY, at))
                    .isRefused("InvalidSignatureException", "Signature expired or not yet current");
        }
    }

    @Test
    void refusesBodyOtherThanSignedOne() {
        var headers = signed();

        wire.send("POST", headers, "{ }".getBytes(StandardCharsets.UTF_8))
                .isRefused("InvalidSignatureException", "The request signature we calculated does not match");
    }

    @Test
    void refusesOperationOtherThanSignedOne() {
        var headers = signed();
        headers.put("X-Amz-Target", "DynamoDB_20120810.DeleteTable");

        wire.send("POST", headers, BODY)
                .isRefused("InvalidSignatureException", "The request signature we calculated does not match");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic cmVuZGVy",
                "AWS4-HMAC-SHA256",
                "AWS4-HMAC-SHA256 ",
                "AWS4-HMAC-SHA256 Credential=renderfleet",
                "AWS4-HMAC-SHA256 Credential=renderfleet/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host",
                "AWS4-HMAC-SHA256 =,=,=",
            })
    void refusesIncompleteSignature(String authorization) {
        var headers = signed();
        headers.put("Authorization", authorization);

        wire.send("POST", headers, BODY).isRefused("IncompleteSignatureException", "Authorization header requires");
    }

    @Test
    void refusesRequestWithoutDate() {
        var headers = signed();
        headers.remove("X-Amz-Date");
        wire.send("POST", headers, BODY).isRefused("IncompleteSignatureException", "X-Amz-Date");

        headers.put("X-Amz-Date", "yesterday");
        wire.send("POST", headers, BODY).isRefused("IncompleteSignatureException", "yesterday");
    }

    @Test
    void refusesRequestThatIsNoCallOfDynamoDb() {
        var headers = signed();
        wire.send("GET", headers, new byte[0]).isRefused("UnknownOperationException", "this is a GET");

        headers.put("X-Amz-Target", "AmazonSQS.ListQueues");
        wire.send("POST", headers, BODY).isRefused("UnknownOperationException", "AmazonSQS.ListQueues");

        headers.remove("X-Amz-Target");
        wire.send("POST", headers, BODY).isRefused("UnknownOperationException", "X-Amz-Target");
    }

    private Map<String, String> signed() {
        var signer = new Signer(Wire.ACCESS_KEY, Wire.SECRET_KEY, Instant.now());
        return new HashMap<>(signer.headers("127.0.0.1:" + wire.port(), TARGET, BODY));
    }
}
