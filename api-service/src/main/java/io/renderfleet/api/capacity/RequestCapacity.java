package io.renderfleet.api.capacity;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.apache.coyote.AbstractProtocol;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Limits the numbers of connections and of requests at the same time, so that many clients at once cannot fill the heap. Both
 * follow from its size:
 *
 * <ul>
 *   <li>Requests take a third of it for their buffers and threads. Further ones get 503 {@code busy}, before their bodies are
 *       read. Streams count only until they are open.
 *   <li>Connections would take half of it if all had a request. Further ones wait in the operating system until another one is
 *       closed. Requests alone are not enough: those of a service that has just started hold their buffers before the first
 *       of them is handled. Streams can take half of them ({@link StreamCapacity}).
 * </ul>
 *
 * <p>Thread-safe.
 */
@Component
class RequestCapacity
        implements AsyncHandlerInterceptor,
                WebMvcConfigurer,
                WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    /** Of Tomcat, Jackson and a virtual thread: measured with 3,000 requests for inference jobs at the same time. */
    static final int BYTES_OF_A_REQUEST = 150 * 1024;

    private static final int PART_OF_HEAP_FOR_REQUESTS = 3;
    private static final int PART_OF_HEAP_FOR_CONNECTIONS = 2;
    /** The limit of Tomcat. */
    private static final int MOST = 8192;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final String HELD = RequestCapacity.class.getName();

    private final Semaphore free;
    private final int connections;

    @Autowired
    RequestCapacity() {
        this(Runtime.getRuntime().maxMemory());
    }

    /** @param heap in bytes */
    RequestCapacity(long heap) {
        free = new Semaphore(number(heap / PART_OF_HEAP_FOR_REQUESTS));
        connections = connections(heap);
    }

    /** The number of connections that are accepted with a heap of this many bytes. */
    static int connections(long heap) {
        return number(heap / PART_OF_HEAP_FOR_CONNECTIONS);
    }

    private static int number(long memory) {
        return Math.clamp(memory / BYTES_OF_A_REQUEST, 1, MOST);
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> {
            if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
                protocol.setMaxConnections(connections);
            }
        });
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
