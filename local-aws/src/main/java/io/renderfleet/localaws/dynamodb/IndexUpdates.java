package io.renderfleet.localaws.dynamodb;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Applies updates of global secondary indexes, immediately or with a lag as on AWS. */
interface IndexUpdates extends AutoCloseable {
    IndexUpdates IMMEDIATE = Runnable::run;

    void run(Runnable update);

    /** Updates lag from now on. Before, while tables are read from the journal, they are applied at once. */
    default void start() {}

    @Override
    default void close() {}

    /**
     * Delays each update by a random time and until the updates before it are applied, so that their order is kept.
     * Updates that are pending when this is closed are dropped.
     *
     * @param longest the longest delay
     * @param random a generator that several threads can use at the same time
     */
    static IndexUpdates late(Duration longest, RandomGenerator random) {
        return longest.isZero() ? IMMEDIATE : new Late(longest, random);
    }

    /** A queue and the thread that empties it. */
    final class Late implements IndexUpdates {
        private record Pending(long dueNanos, Runnable update) {}

        private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
        private final long longestNanos;
        private final RandomGenerator random;
        private volatile @Nullable Thread thread;

        private Late(Duration longest, RandomGenerator random) {
            this.random = random;
            longestNanos = longest.toNanos();
        }

        @Override
        public void run(Runnable update) {
            if (thread == null) {
                update.run();
            } else {
                long delay = random.nextLong(longestNanos + 1);
                queue.add(new Pending(System.nanoTime() + delay, update));
            }
        }

        @Override
        public void start() {
            thread = Thread.ofVirtual().name("local-dynamodb-indexes").start(this::work);
        }

        @Override
        public void close() {
            Thread started = thread;
            if (started != null) {
                started.interrupt();
            }
        }

        private void work() {
            try {
                while (true) {
                    Pending next = queue.take();
                    long wait = next.dueNanos() - System.nanoTime();
                    if (wait > 0) {
                        Thread.sleep(Duration.ofNanos(wait));
                    }
                    next.update().run();
                }
            } catch (InterruptedException e) {
                // Closed.
            }
        }
    }
}
