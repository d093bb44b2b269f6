package io.renderfleet.api.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.problem.Trace;
import io.renderfleet.identity.Audit;
import io.renderfleet.identity.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Writes a line of JSON to the log {@code io.renderfleet.audit} for each request that may change something, and for each
 * request of an operator, whatever its outcome: {@code who} (left out without a valid token), {@code operator},
 * {@code onBehalfOf} (if the request named a user), {@code method}, {@code operation} (the path of the operation),
 * {@code path}, the variables of the path such as {@code jobId}, {@code status}, and {@code requestId}, which is the
 * trace id. Bodies and query parameters are not logged.
 */
final class AuditLog extends OncePerRequestFilter {
    private static final Logger log = LoggerFactory.getLogger("io.renderfleet.audit");
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final int MAX_PATH = 1024;

    private final ObjectMapper json;

    AuditLog(ObjectMapper json) {
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } finally {
            Caller caller = Callers.of(request);
            if (!READS.contains(request.getMethod()) || (caller != null && caller.operator())) {
                write(request, caller, response.getStatus());
            }
        }
    }

    private static void note(Map<String, Object> line, String name, @Nullable Object value) {
        if (value != null) {
            line.put(name, value);
        }
    }

    private void write(HttpServletRequest request, @Nullable Caller caller, int status) {
        Map<String, Object> line = new LinkedHashMap<>();
        note(line, "who", caller == null ? null : caller.userId());
        line.put("operator", caller != null && caller.operator());
        note(line, "onBehalfOf", request.getAttribute(Audit.USER));
        line.put("method", request.getMethod());
        note(line, "operation", request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
        String path = request.getRequestURI();
        line.put("path", path.length() > MAX_PATH ? path.substring(0, MAX_PATH) : path);
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables) {
            variables.forEach((name, value) -> line.put(name.toString(), value));
        }
        note(line, "jobId", request.getAttribute(Audit.JOB));
        line.put("status", status);
        note(line, "requestId", MDC.get(Trace.MDC_KEY));
        try {
            log.info("{}", json.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("A line of the audit log cannot be written", e);
        }
    }
}
