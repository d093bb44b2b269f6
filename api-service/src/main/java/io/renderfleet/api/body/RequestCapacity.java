package io.renderfleet.api.body;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Limits the number of requests that are handled at the same time, so that many clients at once cannot fill the heap. A third
 * of the heap is for the buffers and the threads of requests; the number follows from its size. Further requests get 503
 * {@code busy}, before their bodies are read. Streams count only until they are open.
 *
 * <p>Thread-safe.
 */
@Component
class RequestCapacity implements AsyncHandlerInterceptor, WebMvcConfigurer {
    /** Of Tomcat, Jackson and a virtual thread: measured with 3,000 requests for inference jobs at the same time. */
    static final int BYTES_OF_A_REQUEST = 150 * 1024;

    private static final int PART_OF_HEAP = 3;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final String HELD = RequestCapacity.class.getName();

    private final Semaphore free;

    @Autowired
    RequestCapacity() {
        this(Runtime.getRuntime().maxMemory());
    }

    /** @param heap in bytes */
    RequestCapacity(long heap) {
        free = new Semaphore(Math.toIntExact(Math.clamp(heap / PART_OF_HEAP / BYTES_OF_A_REQUEST, 1, 100_000)));
    }

    /** The number of requests that can be accepted now. */
    int free() {
        return free.availablePermits();
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).order(Ordered.HIGHEST_PRECEDENCE);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        // The end of a stream is dispatched again, and must not be refused.
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            if (!free.tryAcquire()) {
                throw ProblemException.unavailable(
                        ProblemType.BUSY,
                        "The service is handling as many requests as it has memory for. Send the same request again after"
                                + " the time in the Retry-After header.",
                        RETRY_AFTER,
                        null);
            }
            request.setAttribute(HELD, true);
        }
        return true;
    }

    @Override
    public void afterConcurrentHandlingStarted(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        release(request);
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        release(request);
    }

    private void release(HttpServletRequest request) {
        if (request.getAttribute(HELD) != null) {
            request.removeAttribute(HELD);
            free.release();
        }
    }
}
