package io.renderfleet.localaws;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Checks that all ports are free before a server is started, so that the error names the port and what to do. */
final class Ports {
    private Ports() {}

    /** {@link LocalAwsException} for the first port on which it is not possible to listen. Port 0 is always free. */
    static void requireFree(LocalAwsOptions options) {
        InetAddress host = host(options.host());
        var held = new ArrayList<ServerSocket>();
        try {
            options.sqsPorts()
                    .forEach((region, port) -> held.add(hold(host, port, "the SQS of " + region, "--sqs-ports")));
            held.add(hold(host, options.dynamoDbPort(), "DynamoDB", "--dynamodb-port"));
            held.add(hold(host, options.s3Port(), "S3", "--s3-port"));
        } finally {
            release(held);
        }
    }

    private static InetAddress host(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            bound(address, 0).close();
            return address;
        } catch (UnknownHostException e) {
            throw new LocalAwsException("The host '" + host + "' is unknown; use 127.0.0.1 (--host).", e);
        } catch (IOException e) {
            throw new LocalAwsException(
                    "'" + host + "' is not an address of this machine; use 127.0.0.1, or 0.0.0.0 for all (--host).", e);
        }
    }

    /** Listens on the port until all ports are checked, so that a port that is configured twice is found. */
    private static ServerSocket hold(InetAddress host, int port, String owner, String option) {
        try {
            return bound(host, port);
        } catch (IOException e) {
            throw new LocalAwsException(
                    "Port " + port + " for " + owner + " is in use on " + host.getHostAddress()
                            + ". Stop the program that uses it, or choose another port with " + option + ".",
                    e);
        }
    }

    private static ServerSocket bound(InetAddress host, int port) throws IOException {
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void release(List<ServerSocket> sockets) {
        for (ServerSocket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new LocalAwsException("Could not release port " + socket.getLocalPort() + ".", e);
            }
        }
    }
}
