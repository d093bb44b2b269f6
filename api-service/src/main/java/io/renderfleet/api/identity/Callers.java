package io.renderfleet.api.identity;

import io.renderfleet.identity.Caller;
import io.renderfleet.job.UserId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.filter.OncePerRequestFilter;

/** The callers of requests. */
public final class Callers {
    /** The authority to use the API. */
    static final String USER = "USER";

    /** The authority to act for other users, and to operate the deployment. */
    static final String OPERATOR = "OPERATOR";

    private static final String REQUEST = Callers.class.getName();

    private Callers() {}

    /**
     * The caller of a request; null if it did not identify itself, which an operation can only meet at public paths.
     */
    public static @Nullable Caller of(HttpServletRequest request) {
        return (Caller) request.getAttribute(REQUEST);
    }

    /** A filter that keeps the caller with the request, where it is found also after the request changes its thread. */
    static OncePerRequestFilter filter(Supplier<@Nullable Caller> callers) {
        return new OncePerRequestFilter() {
            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                Caller caller = callers.get();
                if (caller != null) {
                    request.setAttribute(REQUEST, caller);
                }
                chain.doFilter(request, response);
            }
        };
    }

    /** The caller whose token Spring Security has accepted; null without a token. */
    static @Nullable Caller identified() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication instanceof JwtAuthenticationToken token
                ? new Caller(new UserId(token.getName()), has(OPERATOR))
                : null;
    }

    /** Whether the caller whose token Spring Security has accepted may use the API. */
    static boolean mayUse() {
        return has(USER);
    }

    private static boolean has(String authority) {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null
                && authentication.getAuthorities().stream()
                        .map(GrantedAuthority::getAuthority)
                        .anyMatch(authority::equals);
    }
}
