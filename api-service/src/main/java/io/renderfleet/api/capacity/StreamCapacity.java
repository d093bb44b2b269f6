package io.renderfleet.api.capacity;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Limits the streams of all kinds to half of the connections that this instance accepts, whatever the limits of each kind
 * are. Otherwise clients that only listen could hold all connections, and nobody could send a request.
 *
 * <p>Thread-safe.
 */
@Component
public class StreamCapacity {
    private static final int PART_OF_CONNECTIONS = 2;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final int most;
    private final Semaphore free;

    @Autowired
    StreamCapacity() {
        this(Runtime.getRuntime().maxMemory());
    }

    /** @param heap in bytes, from which the number of connections follows */
    public StreamCapacity(long heap) {
        most = Math.max(1, RequestCapacity.connections(heap) / PART_OF_CONNECTIONS);
        free = new Semaphore(most);
    }

    /** The most streams at a time. */
    public int most() {
        return most;
    }

    /**
     * Takes the place of a stream, which must be given back with {@link #release}.
     *
     * @throws ProblemException {@code busy} if there are too many streams
     */
    public void take() {
        if (!free.tryAcquire()) {
            throw ProblemException.unavailable(
                    ProblemType.BUSY,
                    "This instance of the service has " + most
                            + " open streams, for which half of its connections are reserved. Close one, or connect again"
                            + " after Retry-After. The operator can start more instances, or give this one more memory.",
                    RETRY_AFTER,
                    null);
        }
    }

    /** Gives the place of a stream back. */
    public void release() {
        free.release();
    }
}
