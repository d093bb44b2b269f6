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

/** Loads that several callers wait for, each with a will of its own. */
final class Loading {
    private static final Duration LOOK = Duration.ofMillis(50);

    private Loading() {}

    /** What a load does. */
    @FunctionalInterface
    interface Load<T> {
        T load() throws IOException;
    }

    /**
     * Starts a load that is over within the limit, if only by giving up on it: its thread is interrupted then, so that
     * what nobody waits for any more does not go on.
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
     * Waits for a load until it is done or the caller is to stop. The load itself goes on for the others.
     *
     * @throws LoadAbandonedException when the caller stopped first
     * @throws IOException and whatever else the load ended with
     */
    static <T> T await(CompletableFuture<T> load, BooleanSupplier stopped) throws IOException {
        while (!stopped.getAsBoolean()) {
            try {
                return load.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // Not yet: have another look at whether to go on.
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

    /** The caller was told to stop before the load was done. */
    static final class LoadAbandonedException extends RuntimeException {}
}
