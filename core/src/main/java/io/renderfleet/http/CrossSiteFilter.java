package io.renderfleet.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests from web pages of other sites, by {@link CrossSiteCheck}, before any handler sees them: requests for
 * a foreign {@code Host}, and requests other than GET, HEAD and OPTIONS from a foreign {@code Origin} or with the
 * content type of a form. OPTIONS gets no permission, so that no page may send other requests (CORS).
 */
final class CrossSiteFilter extends OncePerRequestFilter implements Ordered {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final CrossSiteCheck check;
    private final boolean hasHosts;

    CrossSiteFilter(HttpSettings settings) {
        this.check = new CrossSiteCheck(settings.hosts());
        this.hasHosts = !settings.hosts().isEmpty();
    }

    /** After the filters that observe requests, so that refused requests are counted. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE + 10;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<String> refusal = refusal(request);
        if (refusal.isPresent()) {
            write(request, response, ProblemType.CROSS_SITE_REQUEST, refusal.get());
        } else if (request.getMethod().equals("POST") && CrossSiteCheck.isForm(request.getContentType())) {
            write(
                    request,
                    response,
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "This service takes no forms. Send application/json, or no Content-Type for a request without a"
                            + " body.");
        } else {
            chain.doFilter(request, response);
        }
    }

    private Optional<String> refusal(HttpServletRequest request) {
        String host = request.getHeader(HttpHeaders.HOST);
        if (hasHosts || isLoopback(request.getLocalAddr())) {
            Optional<String> refusal = check.refuseHost(host);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return READS.contains(request.getMethod())
                ? Optional.empty()
                : check.refuseOrigin(host, request.getHeader(HttpHeaders.ORIGIN), request.getHeader("Sec-Fetch-Site"));
    }

    private static boolean isLoopback(@Nullable String address) {
        try {
            return address != null && InetAddress.ofLiteral(address).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Writes a problem (RFC 9457). */
    private static void write(HttpServletRequest request, HttpServletResponse response, ProblemType type, String detail)
            throws IOException {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", type.uri().toString());
        problem.put("title", type.title());
        problem.put("status", type.status().value());
        problem.put("detail", detail);
        problem.put("instance", request.getRequestURI());
        response.setStatus(type.status().value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(JSON.writeValueAsBytes(problem));
    }
}
