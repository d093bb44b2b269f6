package io.renderfleet.webhook;

import io.renderfleet.outbound.PublicAddresses;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of the URLs of webhooks: https to a host with a public address, on port 443, without a user and a fragment. The
 * network of the API lets nothing out to other ports. Names of hosts are not resolved here; the addresses are checked when
 * a request is sent.
 */
public final class WebhookUrl {
    /** The longest URL, in characters. */
    public static final int MAX_LENGTH = 1024;

    private static final int HTTPS = 443;
    private static final Pattern ASCII = Pattern.compile("[\\x21-\\x7e]{1," + MAX_LENGTH + "}");
    private static final Pattern LITERAL = Pattern.compile("\\[.*]|[0-9.]+");

    private WebhookUrl() {}

    /**
     * Why a text is not the URL of a webhook, as what it must be; empty if it is one.
     *
     * @param loopback whether http and the addresses of this machine are allowed too
     */
    public static Optional<String> violation(String text, boolean loopback) {
        return Optional.ofNullable(check(text, loopback));
    }

    private static @Nullable String check(String text, boolean loopback) {
        if (!ASCII.matcher(text).matches()) {
            return "must be a URL of at most " + MAX_LENGTH
                    + " printable ASCII characters without spaces; write a host with other characters in Punycode";
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            return "must be a URL such as https://example.com/renderfleet";
        }
        String host = url.getHost();
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        boolean local = loopback && host != null && isLoopback(host);
        if (host == null || !(scheme.equals("https") || (local && scheme.equals("http")))) {
            return "must be a URL that begins with https:// and has a host, such as https://example.com/renderfleet";
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            return "must have neither a user nor a fragment; put a token into the path or the query";
        }
        if (local) {
            return null;
        }
        int port = url.getPort();
        if (port != -1 && port != HTTPS) {
            return "must have no port, or 443";
        }
        if (isLocalName(host) || (LITERAL.matcher(host).matches() && !isPublic(host))) {
            return "must have a host with a public address";
        }
        return null;
    }

    private static boolean isLocalName(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.endsWith(".localhost");
    }

    private static boolean isLoopback(String host) {
        return isLocalName(host)
                || (LITERAL.matcher(host).matches()
                        && literal(host).map(InetAddress::isLoopbackAddress).orElse(false));
    }

    private static boolean isPublic(String host) {
        return literal(host).map(PublicAddresses::isPublic).orElse(false);
    }

    /** The address that a literal stands for, without a call to a name server. */
    private static Optional<InetAddress> literal(String host) {
        try {
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            return Optional.of(InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A URL without its query, which may have a secret, for views and logs. */
    public static String shown(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }
}
