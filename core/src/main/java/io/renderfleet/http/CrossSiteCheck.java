package io.renderfleet.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes requests that a web page of another site makes through the browser of a user. A server without
 * authentication relies on the network to keep strangers out, and the browser is inside that network. There are two
 * checks:
 *
 * <ul>
 *   <li>{@link #refuseHost}: a page whose name was made to resolve to this machine (DNS rebinding) may read answers and
 *       send any header, but its {@code Host} has the name of its own site.
 *   <li>{@link #refuseOrigin}: a page of any other site may send simple requests (Fetch, section 2.2.2) without reading
 *       the answers. Browsers mark them with {@code Origin} or {@code Sec-Fetch-Site}, which a page cannot change.
 * </ul>
 *
 * <p>Requests of programs have neither header. Pure and thread-safe.
 */
public final class CrossSiteCheck {
    /** Names that no public DNS server resolves (RFC 6761, RFC 6762, and ICANN's reservation of .internal). */
    private static final List<String> PRIVATE_DOMAINS = List.of(".localhost", ".local", ".internal");

    private static final Set<String> OWN_PAGES = Set.of("same-origin", "none");

    /** The content types of HTML forms, which a page may send to any site. */
    private static final Set<String> FORM_TYPES =
            Set.of("application/x-www-form-urlencoded", "multipart/form-data", "text/plain");

    private final Set<String> hosts;

    /** @param hosts the public names of the server, without ports */
    public CrossSiteCheck(Set<String> hosts) {
        this.hosts = hosts.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Checks the header {@code Host}. Accepted are the names of this server, address literals, and names that public
     * DNS does not have: those without a dot, such as a container's, and those of private domains. A request without
     * the header is not from a browser.
     *
     * @return the reason for a refusal, for the client; empty when the request may proceed
     */
    public Optional<String> refuseHost(@Nullable String host) {
        if (host == null || isAccepted(name(host))) {
            return Optional.empty();
        }
        return Optional.of("The Host header is not a name of this service. Use the service's address or host name; an"
                + " operator can add names.");
    }

    /**
     * Checks that a request that may change something is not from a page of another site.
     *
     * @param host the header {@code Host}
     * @param origin the header {@code Origin}
     * @param fetchSite the header {@code Sec-Fetch-Site}
     * @return the reason for a refusal, for the client; empty when the request may proceed
     */
    public Optional<String> refuseOrigin(@Nullable String host, @Nullable String origin, @Nullable String fetchSite) {
        boolean own = origin == null
                ? fetchSite == null || OWN_PAGES.contains(fetchSite)
                : host != null && origin.replaceFirst("^https?://", "").equalsIgnoreCase(host);
        return own
                ? Optional.empty()
                : Optional.of("The Origin or Sec-Fetch-Site header says that the request is from a page of another web"
                        + " site. Pages of other sites cannot use this service.");
    }

    /** Whether a page of another site could send a body of this type, so that it cannot be what a client sends. */
    public static boolean isForm(@Nullable String contentType) {
        return contentType != null
                && FORM_TYPES.contains(contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT));
    }

    private boolean isAccepted(String name) {
        return !name.isEmpty()
                && (hosts.contains(name)
                        || isAddress(name)
                        || name.indexOf('.') < 0
                        || PRIVATE_DOMAINS.stream().anyMatch(name::endsWith));
    }

    /** The name in a {@code Host} header, without the port and in lower case. */
    private static String name(String host) {
        String name = host.startsWith("[")
                ? host.substring(1, Math.max(1, host.indexOf(']')))
                : host.replaceFirst(":\\d*$", "");
        return name.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }

    private static boolean isAddress(String name) {
        try {
            // Accepts address literals only, so no name is resolved.
            InetAddress.ofLiteral(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
