package io.renderfleet.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call: its requests, the pauses between them, and the deadline for all of them. Used by one thread.
 */
final class Exchange {
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    private final HttpClient http;
    private final ClientOptions options;
    private final String method;
    private final String path;
    private final Duration limit;
    private final long deadline;
    private int failures;

    /**
     * Starts a call now.
     *
     * @param path without ids, for messages and the retry listener
     * @param limit the time for all attempts and pauses
     */
    Exchange(HttpClient http, ClientOptions options, String method, String path, Duration limit) {
        this.http = http;
        this.options = options;
        this.method = method;
        this.path = path;
        this.deadline = System.nanoTime() + limit.toNanos();
        this.limit = limit;
    }

    /** One attempt of a call. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Runs attempts until one succeeds or fails for good, the attempts are used up, or the deadline is too near. */
    <T> T call(Attempt<T> attempt) throws InterruptedException {
        while (true) {
            try {
                return attempt.run();
            } catch (ProblemException e) {
                if (!e.problem().isTransient()
                        || !mayRepeat(e.status(), 1, e.retryAfter().orElse(null))) {
                    throw e;
                }
            } catch (IOException e) {
                if (!mayRepeat(0, 1, null)) {
                    throw new NoAnswerException(
                            method + " " + path + " got no answer from " + options.api() + " in " + failures
                                    + (failures == 1 ? " attempt: " : " attempts, the last of which failed with: ")
                                    + reason(e) + ". Check the address, and that the API is running.",
                            e);
                }
            }
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /**
     * Counts a failed attempt and pauses before the next one; false when there is none.
     *
     * @param status of the failed attempt, 0 for none
     * @param jobs how many jobs the next attempt submits again
     */
    boolean mayRepeat(int status, int jobs, @Nullable Duration retryAfter) throws InterruptedException {
        failures++;
        RetryPolicy retries = options.retries();
        Duration pause = retries.pause(failures, retryAfter, ThreadLocalRandom.current());
        if (failures >= retries.attempts() || left().compareTo(pause) <= 0) {
            return false;
        }
        log.debug("{} {} failed with status {}; repeating it in {}", method, path, status, pause);
        options.retryListener().onRetry(new RetryListener.Retry(method, path, status, jobs, pause));
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        return true;
    }

    private Duration left() {
        return Duration.ofNanos(deadline - System.nanoTime());
    }

    /** Sends a request and waits for its whole answer, for this time at most and not beyond the deadline. */
    <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler, Duration timeout)
            throws IOException, InterruptedException {
        Duration left = left();
        Duration wait = left.compareTo(timeout) < 0 ? left : timeout;
        if (!wait.isPositive()) {
            throw new IOException("the deadline of " + limit + " has passed");
        }
        CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request.build(), handler);
        try {
            return answer.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no complete answer within " + wait, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException("The request could not be sent: " + e.getCause(), e);
        }
    }
}
