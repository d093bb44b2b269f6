package io.renderfleet.api.problem;

import io.renderfleet.problem.ProblemType;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers the error dispatches of the servlet container, for requests that failed outside of Spring MVC. */
@Hidden
@RestController
class ProblemErrorController implements ErrorController {

    @RequestMapping("${server.error.path:/error}")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        ProblemDetail problem = problem(request);
        if (request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String uri) {
            problem.setInstance(URI.create(uri));
        }
        return ResponseEntity.status(problem.getStatus())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    private static ProblemDetail problem(HttpServletRequest request) {
        HttpStatus status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                ? HttpStatus.resolve(code)
                : HttpStatus.NOT_FOUND;
        if (status == null || status.is5xxServerError()) {
            return Problems.of(
                    ProblemType.INTERNAL_ERROR, "An unexpected error occurred. Report the traceId to the operator.");
        }
        ProblemDetail problem = Problems.of(ProblemAdvice.type(status), detail(status, request));
        problem.setStatus(status);
        return problem;
    }

    private static String detail(HttpStatus status, HttpServletRequest request) {
        return switch (status) {
            case NOT_FOUND ->
                ProblemAdvice.nothingAt(
                        request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String uri
                                ? uri
                                : request.getRequestURI());
            case METHOD_NOT_ALLOWED -> request.getMethod() + " is not supported at this path.";
            // Tomcat answers a body of which no more bytes arrive, and discards the answer of the handler.
            case REQUEST_TIMEOUT ->
                "The body stopped arriving before it was complete. Send the request again over a faster connection.";
            default ->
                "The request was refused with \"" + status.getReasonPhrase() + "\". Check its path and its headers.";
        };
    }
}
