package io.renderfleet.api.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Runs calls to many queues in parallel within a time limit, so that a region that does not respond does not affect the
 * results of the others.
 *
 * <p>Thread-safe.
 */
@Component
public final class QueueCalls implements AutoCloseable {
    /** The time limit for reading the depth of queues. */
    public static final Duration DEPTH_TIMEOUT = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(QueueCalls.class);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("queue-call-", 0).factory());

    /**
     * Runs the calls and waits for them.
     *
     * @param limit the time limit for all calls; calls that take longer are interrupted
     * @return the results by key, without the calls that failed or took longer than the limit. If the thread is
     *     interrupted, its interrupt flag is set and the results so far are returned
     */
    public <K, T> Map<K, T> run(Map<K, Callable<T>> calls, Duration limit) {
        List<K> keys = List.copyOf(calls.keySet());
        List<Callable<T>> tasks = new ArrayList<>();
        keys.forEach(key -> tasks.add(calls.get(key)));
        Map<K, T> results = new HashMap<>();
        try {
            List<Future<T>> futures = threads.invokeAll(tasks, limit.toMillis(), TimeUnit.MILLISECONDS);
            for (int i = 0; i < keys.size(); i++) {
                try {
                    results.put(keys.get(i), futures.get(i).get());
                } catch (CancellationException e) {
                    log.debug("{} did not respond within {}", keys.get(i), limit);
                } catch (ExecutionException e) {
                    log.debug("The call to {} failed", keys.get(i), e.getCause());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return results;
    }

    @Override
    public void close() {
        // Calls that are still running have passed their time limit; nobody waits for their results.
        threads.shutdownNow();
    }
}
