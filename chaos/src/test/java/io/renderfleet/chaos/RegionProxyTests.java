package io.renderfleet.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegionProxyTests {
    private static final int LONG = 5_000;
    private static final int SHORT = 200;

    private ServerSocket echo;
    private RegionProxy proxy;
    private int port;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::echo);
        port = new FreePorts().next();
        proxy = new RegionProxy(port, URI.create("http://127.0.0.1:" + echo.getLocalPort()));
        proxy.open();
    }

    private void echo() {
        while (!echo.isClosed()) {
            try (Socket socket = echo.accept()) {
                socket.getOutputStream().write(socket.getInputStream().read());
            } catch (IOException _) {
                // The test is over, or its connection is.
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    @Test
    void passesBytesBothWays() throws IOException {
        assertThat(echoed('x', LONG)).isEqualTo('x');
    }

    @Test
    void refusesWhileItIsClosed() throws IOException {
        proxy.refuse();

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> echoed('x', LONG));
    }

    @Test
    void acceptsAndNeverAnswersWhileItIsSilent() {
        proxy.fallSilent();

        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> echoed('x', SHORT));
    }

    @Test
    void resetsConnectionsThatAreOpen() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(LONG);
            proxy.refuse();

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> socket.getInputStream().read());
        }
    }

    @Test
    void worksAgainOnTheSamePort() throws IOException {
        proxy.refuse();
        proxy.open();
        proxy.fallSilent();
        proxy.open();

        assertThat(echoed('y', LONG)).isEqualTo('y');
    }

    private int echoed(int sent, int timeoutMillis) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(timeoutMillis);
            socket.getOutputStream().write(sent);
            return socket.getInputStream().read();
        }
    }
}
