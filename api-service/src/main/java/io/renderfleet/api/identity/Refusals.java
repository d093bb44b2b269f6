package io.renderfleet.api.identity;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.oauth2.server.resource.web.access.BearerTokenAccessDeniedHandler;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Answers requests without a valid token, or without the role that they need, with problem details and the header
 * {@code WWW-Authenticate} (RFC 6750).
 */
final class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final AuthenticationEntryPoint challenge = new BearerTokenAuthenticationEntryPoint();
    private final AccessDeniedHandler denial = new BearerTokenAccessDeniedHandler();
    private final IdentitySettings settings;
    private final HandlerExceptionResolver problems;

    Refusals(IdentitySettings settings, HandlerExceptionResolver problems) {
        this.settings = settings;
        this.problems = problems;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException, ServletException {
        if (e instanceof AuthenticationServiceException) {
            log.warn("A token cannot be checked: {}", e.getMessage());
            write(
                    request,
                    response,
                    ProblemException.unavailable(
                            ProblemType.ISSUER_UNAVAILABLE,
                            "The token cannot be checked, because its issuer does not answer. Send the same request again"
                                    + " after Retry-After.",
                            RETRY_AFTER,
                            e));
            return;
        }
        challenge.commence(request, response, e);
        write(request, response, problem(response.getStatus(), e));
    }

    private static ProblemException problem(int status, AuthenticationException e) {
        if (!(e instanceof OAuth2AuthenticationException)) {
            return ProblemException.of(
                    ProblemType.TOKEN_REQUIRED,
                    "Send the header Authorization: Bearer with an access token of the issuer of this deployment.");
        }
        String reason = String.valueOf(e.getMessage()).replaceFirst("^An error occurred.*?: ", "");
        return status == HttpStatus.BAD_REQUEST.value()
                ? ProblemException.of(ProblemType.INVALID_REQUEST, reason + ".")
                : ProblemException.of(
                        ProblemType.INVALID_TOKEN, "The token was refused: " + reason + ". Get a new access token.");
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException e)
            throws IOException, ServletException {
        denial.handle(request, response, e);
        boolean user = Callers.mayUse();
        write(
                request,
                response,
                ProblemException.of(
                        user ? ProblemType.OPERATORS_ONLY : ProblemType.ROLE_REQUIRED,
                        "Your token has not the role " + (user ? settings.operatorRole() : settings.userRole())
                                + " in its claim " + settings.rolesClaim() + ". Ask the operator for it."));
    }

    private void write(HttpServletRequest request, HttpServletResponse response, ProblemException problem) {
        if (problems.resolveException(request, response, null, problem) == null) {
            throw problem;
        }
    }
}
