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
 * Lets operators through to {@code /admin/**} and nobody else: whoever has the token (RFC 6750), or, where none is set,
 * whoever calls from this machine. A web page that an operator looks at calls from there too, so without a token the
 * request must also name this machine, and must not come from a page of another.
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
        registry.addInterceptor(this).addPathPatterns("/admin/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (token.length > 0) {
            requireToken(request, response);
        } else if (!isLoopback(request.getRemoteAddr()) || !isLocal(request)) {
            throw ProblemException.of(
                    ProblemType.OPERATORS_ONLY,
                    "Without renderfleet.api.operator-token, only calls from the machine of this service to its loopback"
                            + " address are an operator's. Set it on the service and send it as Authorization: Bearer.");
        }
        return true;
    }

    private void requireToken(HttpServletRequest request, HttpServletResponse response) {
        String given = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (given == null
                || !given.regionMatches(true, 0, BEARER, 0, BEARER.length())
                || !MessageDigest.isEqual(
                        token, given.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8))) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, BEARER + "realm=\"operators\"");
            throw ProblemException.of(
                    ProblemType.OPERATOR_TOKEN_REQUIRED,
                    "Send Authorization: Bearer with the value that this service has as renderfleet.api.operator-token.");
        }
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
            // A literal or nothing: no name is looked up here.
            return InetAddress.ofLiteral(address.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
