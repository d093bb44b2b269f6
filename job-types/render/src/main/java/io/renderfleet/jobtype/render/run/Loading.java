package io.renderfleet.jobtype.render.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Loads a value once for several callers, each of which can stop waiting on its own. */
final class Loading {
    private static final Duration STOP_CHECK = Duration.ofMillis(50);

    private Loading() {}

    /** Loads a value. */
    @FunctionalInterface
    interface Load<T> {
        T load() throws IOException;
    }

    /**
     * Starts a load. If it has not completed within the limit, the future fails with a {@link TimeoutException} and the
     * thread of the load is interrupted.
     */
    static <T> CompletableFuture<T> start(Load<T> load, Duration limit, Executor executor) {
        CompletableFuture<T> loaded = new CompletableFuture<>();
        FutureTask<Void> task = new FutureTask<>(() -> {
            try {
                loaded.complete(load.load());
            } catch (IOException e) {
                loaded.completeExceptionally(new UncheckedIOException(e));
            } catch (RuntimeException | Error e) {
                loaded.completeExceptionally(e);
            }
            return null;
        });
        try {
            executor.execute(task);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
        return loaded.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).whenComplete((_, failure) -> {
            if (failure instanceof TimeoutException) {
                task.cancel(true);
            }
        });
    }

    /**
     * Waits until the load has completed or the caller is stopped. The load continues for other callers.
     *
     * @throws LoadAbandonedException if the caller was stopped or interrupted before the load completed
     * @throws IOException if the load failed with one, or timed out; other exceptions of the load are thrown as they
     *     are
     */
    static <T> T await(CompletableFuture<T> load, BooleanSupplier stopped) throws IOException {
        while (!stopped.getAsBoolean()) {
            try {
                return load.get(STOP_CHECK.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // Not complete yet; the loop checks whether the caller was stopped.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case UncheckedIOException io -> throw io.getCause();
                    case TimeoutException slow -> throw new IOException("a design took too long to load", slow);
                    case RuntimeException runtime -> throw runtime;
                    case null, default -> throw new CompletionException(e.getCause());
                }
            }
        }
        throw new LoadAbandonedException();
    }

    /** The caller was stopped before the load completed. */
    static final class LoadAbandonedException extends RuntimeException {}
}
