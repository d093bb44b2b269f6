package io.renderfleet.api.problem;

import io.renderfleet.telemetry.TraceParent;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives every request a trace, the client's or a new one, and puts it into the response and the log. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class TraceFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Trace trace = request.getAttribute(Trace.class.getName()) instanceof Trace known
                ? known
                : Trace.of(request.getHeader(Trace.HEADER));
        request.setAttribute(Trace.class.getName(), trace);
        response.setHeader(Trace.HEADER, trace.traceparent());
        MDC.put(Trace.MDC_KEY, trace.id());
        if (trace.ofClient()) {
            MDC.put(TraceParent.MDC_KEY, trace.parent().toString());
        }
        try {
            chain.doFilter(new InTrace(request, trace), response);
        } finally {
            MDC.remove(Trace.MDC_KEY);
            MDC.remove(TraceParent.MDC_KEY);
        }
    }

    /**
     * Presents the trace as a request header, so that other tracing components continue it instead of starting another.
     */
    private static final class InTrace extends HttpServletRequestWrapper {
        private final Trace trace;

        InTrace(HttpServletRequest request, Trace trace) {
            super(request);
            this.trace = trace;
        }

        @Override
        public String getHeader(String name) {
            return name.equalsIgnoreCase(Trace.HEADER) ? trace.traceparent() : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return name.equalsIgnoreCase(Trace.HEADER)
                    ? Collections.enumeration(List.of(trace.traceparent()))
                    : super.getHeaders(name);
        }
    }

    /** Error dispatches of the container belong to the same trace. */
    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }
}
