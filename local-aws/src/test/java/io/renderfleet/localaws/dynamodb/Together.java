package io.renderfleet.localaws.dynamodb;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs something in several threads that start at the same moment. */
final class Together {
    private Together() {}

    /** What one of the threads does. */
    @FunctionalInterface
    interface Part {
        void run(int thread) throws Exception;
    }

    /** Returns when all have ended; the first failure of one is thrown. */
    static void run(int threads, Part part) {
        var start = new CountDownLatch(1);
        var parts = new ArrayList<Future<?>>();
        try (var executor = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                int thread = i;
                parts.add(executor.submit(() -> {
                    start.await();
                    part.run(thread);
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> future : parts) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("One of the threads failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
