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
 * Asks many queues side by side, so that one region that does not answer costs its own answer and a moment, and no
 * other's.
 *
 * <p>Thread-safe.
 */
@Component
public final class QueueQuestions implements AutoCloseable {
    /** How long a queue has to say how deep it is. */
    public static final Duration DEPTH_TIMEOUT = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(QueueQuestions.class);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("queue-questions-", 0).factory());

    /** What each question was answered; one that failed or took longer than the limit is not among the answers. */
    public <K, T> Map<K, T> ask(Map<K, Callable<T>> questions, Duration limit) {
        List<K> keys = List.copyOf(questions.keySet());
        List<Callable<T>> calls = new ArrayList<>();
        keys.forEach(key -> calls.add(questions.get(key)));
        Map<K, T> answers = new HashMap<>();
        try {
            List<Future<T>> asked = threads.invokeAll(calls, limit.toMillis(), TimeUnit.MILLISECONDS);
            for (int i = 0; i < keys.size(); i++) {
                try {
                    answers.put(keys.get(i), asked.get(i).get());
                } catch (CancellationException e) {
                    log.debug("{} did not answer within {}", keys.get(i), limit);
                } catch (ExecutionException e) {
                    log.debug("{} did not answer", keys.get(i), e.getCause());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answers;
    }

    @Override
    public void close() {
        // Whoever still waits has been told that there is no answer.
        threads.shutdownNow();
    }
}
