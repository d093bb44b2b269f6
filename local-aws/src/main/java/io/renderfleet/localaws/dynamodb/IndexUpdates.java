package io.renderfleet.localaws.dynamodb;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.random.RandomGenerator;

/** When global secondary indexes follow their tables: at once, or late, as on AWS. */
interface IndexUpdates extends AutoCloseable {
    IndexUpdates IMMEDIATE = Runnable::run;

    void run(Runnable update);

    @Override
    default void close() {}

    /**
     * Each update waits for a random time up to the longest, and for those before it: what happens late happens in order.
     * An update that is waiting when this is closed is not made, which nobody can see once the server has stopped.
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
        private final Thread thread;

        private Late(Duration longest, RandomGenerator random) {
            longestNanos = longest.toNanos();
            this.random = random;
            thread = Thread.ofVirtual().name("local-dynamodb-indexes").start(this::work);
        }

        @Override
        public void run(Runnable update) {
            queue.add(new Pending(System.nanoTime() + random.nextLong(longestNanos + 1), update));
        }

        @Override
        public void close() {
            thread.interrupt();
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
