package io.renderfleet.jobtype.inference.fetch;

import io.renderfleet.outbound.OutboundClient;
import io.renderfleet.outbound.OutboundException;
import io.renderfleet.outbound.PublicAddresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;

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

    private final OutboundClient client;

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
        this.client = new OutboundClient(timeout, CONNECTIONS, CONNECTIONS_OF_A_HOST, addresses, tls);
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
        String place = "The image on " + uri.getHost();
        try {
            return client.send(new HttpGet(uri), atMost, (OutboundClient.Reader<byte[], ImageException>)
                    response -> reader.read(content(response, place), length(response)));
        } catch (OutboundException e) {
            throw ImageException.unavailable(place + " cannot be fetched: " + e.getMessage() + ".");
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

    @Override
    public void close() {
        client.close();
    }
}
