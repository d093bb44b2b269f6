package io.renderfleet.api.body;

import io.renderfleet.http.ReadDeadline;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Wraps the body of every request: it has to arrive in time ({@link PacedBody}), the memory for it is limited
 * ({@link BodyMemory}), and it is decoded when it was sent with {@code Content-Encoding: gzip}. Any other content coding
 * is refused with 415 (RFC 9110, section 15.5.16). The content length that the handlers see is that of the encoded body.
 */
@Component
class RequestBodyFilter extends OncePerRequestFilter {
    private static final String MEMORY = BodyMemory.Reservation.class.getName();

    private final BodySettings settings;
    private final BodyMemory memory;

    RequestBodyFilter(BodySettings settings, BodyMemory memory) {
        this.settings = settings;
        this.memory = memory;
    }

    /** The memory of a request's body. */
    static BodyMemory.Reservation memory(HttpServletRequest request) {
        if (request.getAttribute(MEMORY) instanceof BodyMemory.Reservation reservation) {
            return reservation;
        }
        throw new IllegalStateException("The request did not pass RequestBodyFilter");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try (BodyMemory.Reservation reservation = memory.open()) {
            request.setAttribute(MEMORY, reservation);
            chain.doFilter(new WithBody(request, response), response);
        }
    }

    private final class WithBody extends HttpServletRequestWrapper {
        private final HttpServletResponse response;
        private @Nullable ServletInputStream body;

        WithBody(HttpServletRequest request, HttpServletResponse response) {
            super(request);
            this.response = response;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                boolean isGzip = isGzip();
                PacedBody paced = new PacedBody(
                        super.getInputStream(), settings, System::nanoTime, ReadDeadline.of(getRequest()));
                body = isGzip ? new GzipBody(paced) : paced;
            }
            return body;
        }

        private boolean isGzip() {
            String coding = String.join(",", Collections.list(getHeaders(HttpHeaders.CONTENT_ENCODING)))
                    .strip();
            return switch (coding.toLowerCase(Locale.ROOT)) {
                case "", "identity" -> false;
                case "gzip", "x-gzip" -> true;
                default -> {
                    response.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
                    throw ProblemException.of(
                            ProblemType.UNSUPPORTED_MEDIA_TYPE,
                            "The Content-Encoding of the body is not supported; send the body with Content-Encoding:"
                                    + " gzip, once, or without Content-Encoding.");
                }
            };
        }
    }
}
