package io.renderfleet.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sets the security headers of every answer, also of errors: a browser does not guess the type of an answer, does not
 * show it in a frame, and runs nothing that it contains. Only the pages of Swagger UI may run scripts, which must be
 * their own; a handler that answers with another page replaces the policy. Behind TLS, browsers are told to use nothing
 * else (RFC 6797).
 */
public final class SecurityHeaders extends OncePerRequestFilter implements Ordered {
    private static final String NOTHING =
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /** Swagger UI has styles in its elements and pictures in its style sheet, and calls the API. */
    private static final String OWN_SCRIPTS = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static final String PAGES = "/swagger-ui/";

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        addTo(response, request.getRequestURI().startsWith(PAGES) ? OWN_SCRIPTS : NOTHING);
        // A load balancer says by X-Forwarded-Proto that it ended TLS. A client that invents the header deceives only
        // itself, because browsers ignore the answer's header without TLS.
        if (request.isSecure() || "https".equals(request.getHeader("X-Forwarded-Proto"))) {
            response.setHeader("Strict-Transport-Security", "max-age=31536000");
        }
        chain.doFilter(request, response);
    }

    /** The headers of an answer that no filter sees. */
    public static void addTo(HttpServletResponse response) {
        addTo(response, NOTHING);
    }

    private static void addTo(HttpServletResponse response, String policy) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Content-Security-Policy", policy);
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }
}
