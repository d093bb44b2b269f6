package io.renderfleet.render;

import io.renderfleet.render.image.SrgbConverter;
import io.renderfleet.render.integrator.Rendering;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Renders pictures on a fixed number of threads that all renders share. The threads take one tile from each open render
 * in turn (round robin), so that a small picture does not wait for a large one. A picture of a single tile is rendered
 * on the caller's thread. Any number of renders can be open at the same time; there are no deadlocks, because renders
 * wait only for tiles, and tiles do not wait.
 *
 * <p>Thread-safe.
 */
public final class Renderer implements AutoCloseable {

    private static final long PROGRESS_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The interval at which a waiting caller reads its cancel signal. */
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long CLOSE_MILLIS = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition workArrived = lock.newCondition();
    private final Condition workReturned = lock.newCondition();
    private final ArrayDeque<Rendering> open = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean closed;

    /**
     * Starts the threads.
     *
     * @param threads the number of tiles that are rendered at the same time, 1 to 1024
     */
    public Renderer(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads must be between 1 and 1024");
        }
        for (int i = 1; i <= threads; i++) {
            this.threads.add(Thread.ofPlatform().daemon().name("renderer-" + i).start(this::work));
        }
    }

    /**
     * An upper bound of the heap in bytes that a render needs in addition to its scene: the rows in progress, the
     * picture, and its file while it is encoded.
     */
    public static long memory(int width, int height) {
        long pixels = (long) width * height;
        return Rendering.memory(width, height) + 4 * pixels + 6 * pixels;
    }

    /**
     * Renders a picture and waits for it. The picture depends only on the scene, the camera and the settings.
     *
     * @throws RenderCancelledException within 100 ms after the signal was set or this renderer was closed
     */
    public Picture render(
            Scene scene, Camera camera, RenderSettings settings, RenderProgress progress, CancelSignal cancel) {
        SrgbConverter picture = new SrgbConverter(settings.width(), settings.height(), settings.toneMapping());
        Rendering rendering = new Rendering(scene.content(), camera, settings, picture, cancel::isCancelled);
        if (rendering.tileCount() == 1) {
            renderHere(rendering, progress);
        } else {
            renderTogether(rendering, progress, cancel);
        }
        Throwable failure = rendering.failure();
        if (failure != null) {
            throw new IllegalStateException("rendering failed", failure);
        }
        if (rendering.isStopped()) {
            throw new RenderCancelledException();
        }
        progress.onProgress(1);
        return new Picture(settings.width(), settings.height(), picture.pixels(), rendering.rays());
    }

    private static void renderHere(Rendering rendering, RenderProgress progress) {
        for (Rendering.Work work = rendering.take(); work != null; work = rendering.take()) {
            rendering.complete(work, failureOf(work));
            if (rendering.fraction() < 1) {
                progress.onProgress(rendering.fraction());
            }
        }
    }

    private void renderTogether(Rendering rendering, RenderProgress progress, CancelSignal cancel) {
        enter(rendering);
        try {
            long told = System.nanoTime();
            double last = 0;
            while (!awaitEnd(rendering)) {
                if (cancel.isCancelled()) {
                    return;
                }
                double fraction = rendering.fraction();
                if (fraction > last && System.nanoTime() - told >= PROGRESS_INTERVAL_NANOS) {
                    told = System.nanoTime();
                    last = fraction;
                    progress.onProgress(fraction);
                }
            }
        } catch (InterruptedException e) {
            // An interrupt cancels the render.
            Thread.currentThread().interrupt();
        } finally {
            leave(rendering);
        }
    }

    private void enter(Rendering rendering) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the renderer is closed");
            }
            open.add(rendering);
            workArrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a short time; true if the rendering has ended. */
    private boolean awaitEnd(Rendering rendering) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = WAIT_NANOS;
            while (!rendering.isOver() && left > 0) {
                left = workReturned.awaitNanos(left);
            }
            return rendering.isOver();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a rendering and waits until no thread works on it, which takes milliseconds because tiles check for the end.
     */
    private void leave(Rendering rendering) {
        lock.lock();
        try {
            if (!rendering.isOver()) {
                rendering.stop();
            }
            while (!rendering.isOver()) {
                workReturned.awaitUninterruptibly();
            }
            open.remove(rendering);
        } finally {
            lock.unlock();
        }
    }

    private record Task(Rendering rendering, Rendering.Work work) {}

    private void work() {
        for (Task task = next(); task != null; task = next()) {
            Throwable failure = failureOf(task.work);
            lock.lock();
            try {
                task.rendering.complete(task.work, failure);
                if (task.rendering.isOver()) {
                    workReturned.signalAll();
                } else {
                    // This piece of work may have made a whole row of tiles available.
                    workArrived.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits for work and takes the next piece in turn; null if the renderer is closed. */
    private @Nullable Task next() {
        lock.lock();
        try {
            while (!closed) {
                for (int i = open.size(); i > 0; i--) {
                    Rendering rendering = open.removeFirst();
                    open.addLast(rendering);
                    Rendering.Work work = rendering.take();
                    if (work != null) {
                        return new Task(rendering, work);
                    }
                }
                workArrived.awaitUninterruptibly();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable Throwable failureOf(Rendering.Work work) {
        try {
            work.run();
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    /** Ends open renders with {@link RenderCancelledException} and stops the threads. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            open.forEach(Rendering::stop);
            workArrived.signalAll();
            workReturned.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(CLOSE_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
