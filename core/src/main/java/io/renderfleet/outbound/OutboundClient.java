package io.renderfleet.outbound;

import io.renderfleet.outbound.OutboundException.Reason;
import io.renderfleet.outbound.PublicAddresses.NotPublicException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to hosts that users name. The client connects only to addresses that its resolver returned, which is
 * {@link PublicAddresses} outside of tests. Redirects are not followed, because they could lead to other hosts. Requests
 * have no cookies and no credentials, and are never repeated.
 *
 * <p>Thread-safe.
 */
public final class OutboundClient implements AutoCloseable {
    private final Duration timeout;
    private final CloseableHttpClient client;
    private final ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("outbound-timeouts").factory());

    /**
     * Makes a client.
     *
     * @param timeout the longest time for one exchange, from the resolution of the host to the last byte that is read
     * @param connections the most connections to all hosts together
     * @param connectionsOfAHost the most connections to one host
     */
    public OutboundClient(
            Duration timeout, int connections, int connectionsOfAHost, DnsResolver addresses, TlsSocketStrategy tls) {
        this.timeout = timeout;
        Timeout limit = Timeout.of(timeout);
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new TimedResolver(addresses, timeout))
                        .setTlsSocketStrategy(tls)
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connectionsOfAHost)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(limit)
                                .setSocketTimeout(limit)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(limit)
                        .setResponseTimeout(limit)
                        .build())
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableAutomaticRetries()
                .setUserAgent("renderfleet")
                .build();
    }

    /**
     * Reads a response. What it does not read is not received.
     *
     * @param <T> what it makes of the response
     * @param <E> why it cannot use the response
     */
    public interface Reader<T, E extends Exception> {
        T read(ClassicHttpResponse response) throws IOException, E;
    }

    /**
     * Sends a request.
     *
     * @param atMost the longest wait; the limit of this object counts if it is shorter
     * @throws OutboundException if there is no complete response
     * @throws E if the reader cannot use the response
     */
    public <T, E extends Exception> T send(HttpUriRequestBase request, Duration atMost, Reader<T, E> reader)
            throws OutboundException, E {
        Duration limit = atMost.compareTo(timeout) < 0 ? atMost : timeout;
        // The alarm is not done yet when the exchange that it ends fails.
        AtomicBoolean late = new AtomicBoolean();
        Future<?> alarm = alarms.schedule(
                () -> {
                    late.set(true);
                    request.abort();
                },
                Math.max(1, limit.toNanos()),
                TimeUnit.NANOSECONDS);
        ClassicHttpResponse response = null;
        try {
            response = client.executeOpen(RoutingSupport.determineHost(request), request, null);
            return reader.read(response);
        } catch (NotPublicException e) {
            throw new OutboundException(Reason.NOT_PUBLIC, "the host has an address that is not public");
        } catch (UnknownHostException e) {
            throw new OutboundException(Reason.UNKNOWN_HOST, "the host is not known");
        } catch (IOException | HttpException e) {
            // The time limit of the socket can end the exchange just before the alarm does.
            throw late.get() || e instanceof InterruptedIOException
                    ? new OutboundException(Reason.TIMEOUT, "no complete response within " + limit.toMillis() + " ms")
                    : new OutboundException(Reason.FAILED, "the connection failed");
        } finally {
            alarm.cancel(false);
            // Ends the exchange if it has not ended; the rest of a large response is not read.
            request.abort();
            close(response);
        }
    }

    private static void close(@Nullable ClassicHttpResponse response) {
        try {
            if (response != null) {
                response.close();
            }
        } catch (IOException e) {
            // The exchange was ended before.
        }
    }

    @Override
    public void close() {
        alarms.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
    }

    /** Gives up the resolution of a name after a time. The system's resolver cannot be interrupted. */
    private record TimedResolver(DnsResolver resolver, Duration limit) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return timed(host, () -> resolver.resolve(host));
        }

        @Override
        public String resolveCanonicalHostname(String host) throws UnknownHostException {
            return timed(host, () -> resolver.resolveCanonicalHostname(host));
        }

        private <T> T timed(String host, Callable<T> call) throws UnknownHostException {
            CompletableFuture<T> result = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    result.complete(call.call());
                } catch (Exception e) {
                    result.completeExceptionally(e);
                }
            });
            try {
                return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownHostException unknown) {
                    throw unknown;
                }
                throw new UnknownHostException(host);
            } catch (TimeoutException e) {
                throw new UnknownHostException(host);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnknownHostException(host);
            }
        }
    }
}
