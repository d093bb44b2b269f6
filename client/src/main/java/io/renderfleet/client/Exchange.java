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
 * The attempts of one call, the pauses between them, and the deadline for all of them. Confined to one thread.
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
     * Starts a call. Its deadline begins now.
     *
     * @param path the path with placeholders instead of ids, for messages and the retry listener
     * @param limit the time limit for all attempts and pauses
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

    /**
     * Runs attempts until one succeeds, one fails permanently, the attempts are used up, or the next pause would exceed
     * the deadline.
     *
     * @throws ProblemException when the API answered the last attempt with a problem
     * @throws NoAnswerException when the last attempt got no response
     */
    <T> T call(Attempt<T> attempt) throws InterruptedException {
        while (true) {
            try {
                return attempt.run();
            } catch (ProblemException e) {
                if (!e.problem().isTransient()
                        || !pauseBeforeRetry(e.status(), 1, e.retryAfter().orElse(null))) {
                    throw e;
                }
            } catch (IOException e) {
                if (!pauseBeforeRetry(0, 1, null)) {
                    throw new NoAnswerException(
                            method + " " + path + " got no response from " + options.api() + " after " + failures
                                    + (failures == 1 ? " attempt: " : " attempts. The last one failed with: ")
                                    + reason(e) + ". Check the address and whether the API is running.",
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
     * Records a failed attempt and pauses before the next one.
     *
     * @param status the HTTP status of the failed attempt; 0 when there was no response
     * @param jobs the number of jobs that the next attempt submits again; 1 for any other request
     * @param retryAfter the pause that the API asked for; null when it asked for none
     * @return false, without a pause, when no attempt is left or the deadline is too near
     */
    boolean pauseBeforeRetry(int status, int jobs, @Nullable Duration retryAfter) throws InterruptedException {
        failures++;
        RetryPolicy retries = options.retries();
        Duration pause = retries.pause(failures, retryAfter, ThreadLocalRandom.current());
        if (failures >= retries.attempts() || left().compareTo(pause) <= 0) {
            return false;
        }
        log.debug("{} {} failed with status {}; retrying in {}", method, path, status, pause);
        options.retryListener().onRetry(new RetryListener.Retry(method, path, status, jobs, pause));
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        return true;
    }

    private Duration left() {
        return Duration.ofNanos(deadline - System.nanoTime());
    }

    /** Sends a request and waits for its complete response, at most for the timeout and not beyond the deadline. */
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
            throw new IOException("no complete response within " + wait, e);
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
