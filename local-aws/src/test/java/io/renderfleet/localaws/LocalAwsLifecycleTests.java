package io.renderfleet.localaws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class LocalAwsLifecycleTests {
    private static final String TABLE = "renderfleet-local-jobs";
    private static final String DESIGNS = "renderfleet-local-designs";

    @Test
    void keepsJobsAndObjectsOverRestartWithDataDirectory(@TempDir Path dataDir) {
        var options = LocalAwsOptions.onFreePorts().withDataDir(dataDir);
        try (var aws = LocalAws.start(options);
                var clients = new TestClients(aws)) {
            clients.dynamoDb()
                    .putItem(request -> request.tableName(TABLE).item(Map.of("jobId", AttributeValue.fromS("kept"))));
            clients.s3()
                    .putObject(
                            request -> request.bucket(DESIGNS).key("designs/kept"), RequestBody.fromString("geometry"));
        }

        try (var aws = LocalAws.start(options);
                var clients = new TestClients(aws)) {
            var job = clients.dynamoDb()
                    .getItem(request -> request.tableName(TABLE).key(Map.of("jobId", AttributeValue.fromS("kept"))));
            var design = clients.s3()
                    .getObjectAsBytes(request -> request.bucket(DESIGNS).key("designs/kept"));
            assertThat(job.hasItem()).isTrue();
            assertThat(design.asUtf8String()).isEqualTo("geometry");
        }
    }

    @Test
    void startsAgainOnSamePortsOnceStopped() {
        var options = onPortsOf(LocalAwsOptions.onFreePorts());

        for (int round = 0; round < 2; round++) {
            try (var aws = LocalAws.start(options)) {
                assertThat(aws.endpoints().s3().getPort()).isEqualTo(options.s3Port());
                assertThat(listening(aws)).allMatch(LocalAwsLifecycleTests::accepts);
            }
        }
    }

    @Test
    void refusesConnectionsOnceStoppedAndMayBeStoppedTwice() {
        var aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        var listening = listening(aws);

        aws.close();

        assertThat(listening).noneMatch(LocalAwsLifecycleTests::accepts);
        assertThatCode(aws::close).doesNotThrowAnyException();
    }

    @Test
    void listensOnLoopbackOnly() throws SocketException {
        var others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();

        try (var aws = LocalAws.start(LocalAwsOptions.onFreePorts())) {
            assertThat(listening(aws))
                    .allSatisfy(
                            endpoint -> assertThat(others).noneMatch(address -> accepts(address, endpoint.getPort())));
        }
    }

    @Test
    void namesTakenPortAndWhatToDo() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var options = LocalAwsOptions.onFreePorts().withS3Port(taken.getLocalPort());

            assertThatExceptionOfType(LocalAwsException.class)
                    .isThrownBy(() -> LocalAws.start(options))
                    .withMessage("Port " + taken.getLocalPort() + " for S3 is in use on 127.0.0.1. "
                            + "Stop the program that uses it, or choose another port with --s3-port.");
        }
    }

    @Test
    void refusesToGiveTwoPartsOnePort() {
        var options = onPortsOf(LocalAwsOptions.onFreePorts());

        assertThatExceptionOfType(LocalAwsException.class)
                .isThrownBy(() -> LocalAws.start(options.withS3Port(options.dynamoDbPort())))
                .withMessageContaining("--s3-port");
    }

    @Test
    void namesHostThatIsNotHere() {
        assertThatExceptionOfType(LocalAwsException.class)
                .isThrownBy(() -> LocalAws.start(LocalAwsOptions.onFreePorts().withHost("192.0.2.1")))
                .withMessageContaining("'192.0.2.1' is not an address of this machine");
    }

    private static LocalAwsOptions onPortsOf(LocalAwsOptions options) {
        try (var aws = LocalAws.start(options)) {
            var ports = new ArrayList<Integer>();
            aws.endpoints().sqs().values().forEach(endpoint -> ports.add(endpoint.getPort()));
            return options.withSqsPorts(ports)
                    .withDynamoDbPort(aws.endpoints().dynamoDb().getPort())
                    .withS3Port(aws.endpoints().s3().getPort());
        }
    }

    private static List<URI> listening(LocalAws aws) {
        var endpoints = new ArrayList<>(aws.endpoints().sqs().values());
        endpoints.add(aws.endpoints().dynamoDb());
        endpoints.add(aws.endpoints().s3());
        return endpoints;
    }

    private static boolean accepts(URI endpoint) {
        return accepts(InetAddress.getLoopbackAddress(), endpoint.getPort());
    }

    private static boolean accepts(InetAddress address, int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 2_000);
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            throw new AssertionError("Neither accepted nor refused: " + address + ":" + port, e);
        }
    }
}
