package io.renderfleet.jobtype.inference.fetch;

import io.renderfleet.jobtype.inference.fetch.PublicAddresses.NotPublicException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Fetches images by https, from addresses on the Internet only ({@link PublicAddresses}). Redirects are not followed,
 * because they could lead to other hosts. Nothing but the address of the image is sent: no cookies and no credentials.
 *
 * <p>Thread-safe.
 */
public final class HttpsImages implements AutoCloseable {
    private static final int OK = 200;
    private static final int REDIRECTS = 300;
    private static final int CLIENT_ERRORS = 400;
    private static final int CONNECTIONS = 200;
    private static final int CONNECTIONS_OF_A_HOST = 50;

    private final Duration timeout;
    private final CloseableHttpClient client;
    private final ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("image-timeouts").factory());

    /**
     * Makes a client.
     *
     * @param timeout the longest time for one image, from the resolution of its host to the last byte
     */
    public HttpsImages(Duration timeout) {
        this(
                timeout,
                new PublicAddresses(SystemDefaultDnsResolver.INSTANCE),
                DefaultClientTlsStrategy.createSystemDefault());
    }

    /** For tests, whose servers have local addresses. */
    HttpsImages(Duration timeout, DnsResolver addresses, TlsSocketStrategy tls) {
        this.timeout = timeout;
        Timeout limit = Timeout.of(timeout);
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new TimedResolver(addresses, timeout))
                        .setTlsSocketStrategy(tls)
                        .setMaxConnTotal(CONNECTIONS)
                        .setMaxConnPerRoute(CONNECTIONS_OF_A_HOST)
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

    /** Reads the content of an image. */
    interface Reader {
        /**
         * Reads a content to its end.
         *
         * @param declaredBytes the size that the server declared; -1 if it declared none
         */
        byte[] read(InputStream content, long declaredBytes) throws IOException, ImageException;
    }

    /**
     * Fetches an image.
     *
     * @param atMost the longest wait; the limit of this object counts if it is shorter
     * @throws ImageException if the image cannot be fetched; its text does not repeat the path of the image, which may have
     *     a password
     */
    byte[] fetch(URI uri, Duration atMost, Reader reader) throws ImageException {
        Duration limit = atMost.compareTo(timeout) < 0 ? atMost : timeout;
        String place = "The image on " + uri.getHost();
        HttpGet get = new HttpGet(uri);
        Future<?> alarm = alarms.schedule(get::abort, Math.max(1, limit.toNanos()), TimeUnit.NANOSECONDS);
        ClassicHttpResponse response = null;
        try {
            response = client.executeOpen(RoutingSupport.determineHost(get), get, null);
            return reader.read(content(response, place), length(response));
        } catch (NotPublicException e) {
            throw ImageException.unavailable(place + " cannot be fetched: the host has an address that is not public.");
        } catch (UnknownHostException e) {
            throw ImageException.unavailable(place + " cannot be fetched: the host is not known.");
        } catch (IOException | HttpException e) {
            throw ImageException.unavailable(place + " cannot be fetched: "
                    + (alarm.isDone()
                            ? "no complete response within " + limit.toMillis() + " ms."
                            : "the connection failed."));
        } finally {
            alarm.cancel(false);
            // Ends the exchange if it has not ended; the rest of a large response is not read.
            get.abort();
            close(response);
        }
    }

    private static InputStream content(ClassicHttpResponse response, String place) throws IOException, ImageException {
        int status = response.getCode();
        if (status >= REDIRECTS && status < CLIENT_ERRORS) {
            throw ImageException.unavailable(place + " cannot be fetched: the host redirects (status " + status
                    + "). Send the address that it redirects to, if its host is allowed.");
        }
        if (status != OK) {
            throw ImageException.unavailable(
                    place + " cannot be fetched: the host answers with status " + status + ".");
        }
        Header type = response.getFirstHeader("Content-Type");
        HttpEntity entity = response.getEntity();
        if (entity == null
                || type == null
                || !type.getValue().toLowerCase(Locale.ROOT).startsWith("image/")) {
            throw ImageException.notAnImage(place);
        }
        return entity.getContent();
    }

    private static long length(ClassicHttpResponse response) {
        return response.getEntity().getContentLength();
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
