package io.renderfleet.api.page;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The Content Security Policy (CSP Level 3) of the page. Scripts, styles and fonts are those of this service, and the only
 * inline script is the import map, by its digest. Pictures may also be those of the buckets with results. Requests go to
 * this service and to the issuer of tokens; {@code blob:} and {@code data:} are what a design contains, which the viewer
 * reads by requests. Pure functions.
 */
final class PagePolicy {
    private static final Pattern IMPORT_MAP =
            Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);

    private PagePolicy() {}

    /**
     * The policy of a page.
     *
     * @param html the page, with one import map
     * @param pictures origins of pictures
     * @param login URLs of the issuer of tokens
     */
    static String of(String html, Collection<URI> pictures, Collection<URI> login) {
        return "default-src 'none'; script-src 'self' '" + digest(importMap(html))
                + "'; style-src 'self'; font-src 'self';"
                + " img-src 'self' blob: data:" + origins(pictures)
                + "; connect-src 'self' blob: data:" + origins(login)
                + "; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    }

    /** The text of the import map of a page. */
    static String importMap(String html) {
        Matcher map = IMPORT_MAP.matcher(html);
        if (!map.find()) {
            throw new IllegalArgumentException("index.html has no <script type=\"importmap\">");
        }
        return map.group(1);
    }

    /** The scheme, the host and the port of a URL. */
    static String originOf(URI url) {
        return url.getScheme() + "://" + url.getAuthority();
    }

    private static String origins(Collection<URI> urls) {
        return urls.stream().map(url -> " " + originOf(url)).distinct().collect(Collectors.joining());
    }

    private static String digest(String script) {
        return "sha256-"
                + Base64.getEncoder().encodeToString(DigestUtils.sha256(script.getBytes(StandardCharsets.UTF_8)));
    }
}
