package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadBodyTests {
    private static final String SERIALIZATION = "SerializationException";
    private final Wire wire = new Wire(DynamoDbSettings.defaults());

    @AfterAll
    void stop() {
        wire.close();
    }

    @AfterEach
    void stillAnswers() {
        assertThat(wire.call("ListTables", "{}").ok().path("TableNames").isArray())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "{", "{'a'", "{}}", "[]", "[{}]", "'text'", "1", "null", "{'a':1,'a':2}", "\u0000"})
    void refusesBodyThatIsNoJsonObject(String body) {
        wire.call("ListTables", body).isRefused(SERIALIZATION, "The body");
    }

    @Test
    void refusesBodyThatIsNotUtf8() {
        wire.send("ListTables", new byte[] {'{', '"', (byte) 0xC3, '(', '"', ':', '1', '}'})
                .isRefused(SERIALIZATION, "The body is not valid JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GetItem | {'TableName':1}",
                "GetItem | {'TableName':['things']}",
                "GetItem | {'TableName':'things','Key':[]}",
                "GetItem | {'TableName':'things','Key':'a'}",
                "GetItem | {'TableName':'things','Key':{'id':'a'}}",
                "GetItem | {'TableName':'things','Key':{'id':{'S':1}}}",
                "GetItem | {'TableName':'things','Key':{'id':{'N':1}}}",
                "GetItem | {'TableName':'things','Key':{'id':{'B':'not base64!'}}}",
                "GetItem | {'TableName':'things','Key':{'id':{'BOOL':'true'}}}",
                "GetItem | {'TableName':'things','Key':{'id':{'SS':'a'}}}",
                "GetItem | {'TableName':'things','Key':{'id':{'L':{}}}}",
                "GetItem | {'TableName':'things','Key':{'id':{'M':[]}}}",
                "GetItem | {'TableName':'things','Key':{'id':{'S':'a'}},'ProjectionExpression':1}",
                "Scan | {'TableName':'things','Limit':'1'}",
                "Scan | {'TableName':'things','FilterExpression':'a = :v','ExpressionAttributeValues':[]}",
                "BatchWriteItem | {'RequestItems':[]}",
                "BatchWriteItem | {'RequestItems':{'things':{}}}",
                "BatchWriteItem | {'RequestItems':{'things':['a']}}",
                "BatchGetItem | {'RequestItems':{'things':[]}}",
                "TransactWriteItems | {'TransactItems':{}}",
                "TransactWriteItems | {'TransactItems':['a']}",
                "TransactWriteItems | {'TransactItems':[{'Put':'a'}]}",
                "TransactGetItems | {'TransactItems':[{'Get':[]}]}",
                "CreateTable | {'TableName':'things','KeySchema':'id'}",
                "UpdateTimeToLive | {'TableName':'things','TimeToLiveSpecification':'expiresAt'}"
            },
            quoteCharacter = '"')
    void refusesMemberOfOtherJsonType(String operation, String body) {
        wire.call(operation, body).isRefused(SERIALIZATION, "");
    }

    @Test
    void refusesDeeplyNestedJson() {
        wire.call("ListTables", "{'a':" + "[".repeat(300) + "]".repeat(300) + "}")
                .isRefused(SERIALIZATION, "The body is not valid JSON");
        wire.call("ListTables", "{'a':" + "[".repeat(1_000_000)).isRefused(SERIALIZATION, "The body is not valid JSON");
    }

    @Test
    void takesBodyOfOneMegabyte() {
        wire.call("ListTables", "{'Unknown':'" + "x".repeat(1 << 20) + "'}").ok();
    }

    @Test
    void refusesBodyOfMoreThan16Megabytes() {
        var body = new byte[17 << 20];
        Arrays.fill(body, (byte) ' ');

        wire.send("ListTables", body)
                .isRefused(413, "RequestEntityTooLargeException", "Request size exceeded 16777216 bytes");
    }

    @Test
    void namesUnknownOperation() {
        wire.call("UpdateItems", "{}").isRefused("UnknownOperationException", "UpdateItems");
        wire.call("ExecuteStatement", "{}").isRefused("UnknownOperationException", "ExecuteStatement");
        wire.call("", "{}").isRefused("UnknownOperationException", "");
    }

    @Test
    void clientThatStopsInItsBodyDelaysNoOtherClient() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), wire.port());
                silent.add(socket);
                socket.getOutputStream().write("""
                        POST / HTTP/1.1
                        Host: 127.0.0.1
                        X-Amz-Target: DynamoDB_20120810.ListTables
                        Content-Length: 1000

                        {"TableName":""".replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            }

            for (int i = 0; i < 20; i++) {
                wire.call("ListTables", "{}").ok();
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }
}
