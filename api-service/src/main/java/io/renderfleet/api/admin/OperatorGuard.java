package io.renderfleet.api.admin;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Allows only operators to call {@code /admin/**} and {@code /alerts/rules/**}. A caller is an operator if it sends the configured token (RFC 6750),
 * or, if no token is configured, if it calls from this machine. Because a web page in an operator's browser also calls
 * from this machine, a request without a token must also have a loopback {@code Host} and no {@code Origin} of another
 * site.
 */
@Component
class OperatorGuard implements HandlerInterceptor, WebMvcConfigurer {
    private static final String BEARER = "Bearer ";

    private final byte[] token;

    OperatorGuard(OperatorSettings settings) {
        this.token = settings.operatorToken().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/admin/**", "/alerts/rules/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (isOperator(request)) {
            return true;
        }
        if (token.length == 0) {
            throw ProblemException.of(
                    ProblemType.OPERATORS_ONLY,
                    "This service has no operator token, so it accepts admin requests only from its own machine, on"
                            + " the loopback address. To call it from elsewhere, set renderfleet.api.operator-token on the"
                            + " service and send the token as Authorization: Bearer.");
        }
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, BEARER + "realm=\"operators\"");
        throw ProblemException.of(
                ProblemType.OPERATOR_TOKEN_REQUIRED,
                "Send the header Authorization: Bearer with the value of the setting"
                        + " renderfleet.api.operator-token.");
    }

    /** Whether the caller is an operator. */
    boolean isOperator(HttpServletRequest request) {
        return token.length > 0 ? hasToken(request) : isLoopback(request.getRemoteAddr()) && isLocal(request);
    }

    private boolean hasToken(HttpServletRequest request) {
        String given = request.getHeader(HttpHeaders.AUTHORIZATION);
        return given != null
                && given.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && MessageDigest.isEqual(
                        token, given.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isLocal(HttpServletRequest request) {
        String host = request.getServerName();
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return (host.equals("localhost") || isLoopback(host))
                && (origin == null || origin.equals("http://" + request.getHeader(HttpHeaders.HOST)));
    }

    private static boolean isLoopback(@Nullable String address) {
        if (address == null) {
            return false;
        }
        try {
            // Accepts address literals only, so no name is resolved.
            return InetAddress.ofLiteral(address.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
