package io.renderfleet.api.problem;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Translates every exception of a handler to problem details. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    /** The client has closed the connection, so no response is written. */
    @ExceptionHandler
    void clientGone(ClientAbortException e) {
        log.debug("A client closed the connection before the response was written: {}", e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<Object> failed(Throwable failure) {
        ProblemException problem = Problems.translate(failure);
        var answer = ResponseEntity.status(problem.type().status()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        Duration retryAfter = problem.retryAfter();
        if (retryAfter != null) {
            answer.header(HttpHeaders.RETRY_AFTER, Long.toString(retryAfter.toSeconds()));
        }
        return answer.body(Problems.of(problem));
    }

    /** Translates the exceptions by which Spring refuses a request. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception ex, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (status.is5xxServerError()) {
            return failed(ex);
        }
        ProblemDetail problem = Problems.of(type(status), detail(ex, body, request));
        problem.setStatus(status.value());
        HttpHeaders answered = headers;
        if (ex instanceof HttpRequestMethodNotSupportedException unsupported) {
            answered = new HttpHeaders(headers);
            answered.setAllow(methods(unsupported));
        }
        return super.handleExceptionInternal(ex, problem, answered, status, request);
    }

    private static String detail(Exception ex, @Nullable Object body, WebRequest request) {
        return switch (ex) {
            case HttpMediaTypeNotSupportedException unsupported ->
                "Content-Type "
                        + (unsupported.getContentType() == null
                                ? "is missing"
                                : unsupported.getContentType() + " is not supported for this request")
                        + "; send one of " + MediaType.toString(unsupported.getSupportedMediaTypes()) + ".";
            case HttpRequestMethodNotSupportedException unsupported ->
                unsupported.getMethod() + " is not supported at this path; use one of "
                        + methods(unsupported).stream().map(HttpMethod::name).collect(Collectors.joining(", ")) + ".";
            case HttpMediaTypeNotAcceptableException unacceptable ->
                unacceptable.getSupportedMediaTypes().isEmpty()
                        ? "The Accept header is not a list of media types; correct it or leave it out."
                        : "None of the media types in Accept can be produced; accept "
                                + MediaType.toString(unacceptable.getSupportedMediaTypes()) + ", or leave Accept out.";
            case NoHandlerFoundException missing -> nothingAt(missing.getRequestURL());
            case NoResourceFoundException _
            when request instanceof ServletWebRequest web ->
                nothingAt(web.getRequest().getRequestURI());
            default ->
                body instanceof ProblemDetail given && given.getDetail() != null
                        ? given.getDetail()
                        : "The request is not valid. GET /v3/api-docs describes the requests of this API.";
        };
    }

    static String nothingAt(String path) {
        return "There is nothing at " + path + ". GET /v3/api-docs describes every path of this API.";
    }

    /** The methods that a path supports; HEAD wherever GET is supported. */
    private static SortedSet<HttpMethod> methods(HttpRequestMethodNotSupportedException e) {
        SortedSet<HttpMethod> methods = new TreeSet<>();
        if (e.getSupportedHttpMethods() != null) {
            methods.addAll(e.getSupportedHttpMethods());
        }
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        return methods;
    }

    static ProblemType type(HttpStatusCode status) {
        return switch (HttpStatus.resolve(status.value())) {
            case NOT_FOUND -> ProblemType.NOT_FOUND;
            case METHOD_NOT_ALLOWED -> ProblemType.METHOD_NOT_ALLOWED;
            case NOT_ACCEPTABLE -> ProblemType.NOT_ACCEPTABLE;
            case REQUEST_TIMEOUT -> ProblemType.UPLOAD_TOO_SLOW;
            case PAYLOAD_TOO_LARGE -> ProblemType.BODY_TOO_LARGE;
            case UNSUPPORTED_MEDIA_TYPE -> ProblemType.UNSUPPORTED_MEDIA_TYPE;
            case null, default -> ProblemType.INVALID_REQUEST;
        };
    }
}
