package io.renderfleet.render.integrator;

import io.renderfleet.render.Camera;
import io.renderfleet.render.Environment;
import io.renderfleet.render.RenderSettings;
import io.renderfleet.render.light.Lights;
import io.renderfleet.render.scene.RenderScene;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One picture in the making: a queue of tiles, each of which comes back until it is done. Whoever has time takes
 * one and works on it; the picture does not depend on who does. {@link #take} and {@link #giveBack} are called under
 * the caller's lock.
 */
public final class Rendering {
    private final RenderScene scene;
    private final Lights lights;
    private final View view;
    private final int maxDepth;
    private final BooleanSupplier cancelled;
    private final Film film;
    private final boolean denoise;
    private final Queue<Tile> waiting = new ArrayDeque<>();
    private final int tiles;
    private final AtomicLong rays = new AtomicLong();
    private final DoubleAdder progress = new DoubleAdder();
    private int working;
    private volatile boolean stopped;
    private @Nullable Throwable failure;

    public Rendering(RenderScene scene, Camera camera, RenderSettings settings, BooleanSupplier cancelled) {
        this.scene = scene;
        lights = settings.environment() == Environment.NONE ? scene.lights().withoutSky() : scene.lights();
        this.cancelled = () -> stopped || cancelled.getAsBoolean();
        view = new View(camera, settings.width(), settings.height());
        maxDepth = settings.maxDepth();
        denoise = settings.denoise();
        film = new Film(settings.width(), settings.height());
        for (int y = 0; y < settings.height(); y += Tile.SIZE) {
            for (int x = 0; x < settings.width(); x += Tile.SIZE) {
                waiting.add(new Tile(film, x, y, settings.samplesPerPixel(), settings.noiseThreshold()));
            }
        }
        tiles = waiting.size();
    }

    /** One tile's next pass. */
    public final class Work {
        private final Tile tile;

        private Work(Tile tile) {
            this.tile = tile;
        }

        /** Does it, outside any lock. */
        public void run() {
            double before = tile.fraction();
            PathTracer tracer = new PathTracer(scene, lights, view, maxDepth);
            if (!cancelled.getAsBoolean() && tile.renderPass(tracer, cancelled)) {
                progress.add(tile.fraction() - before);
            }
            rays.addAndGet(tracer.rays());
        }
    }

    public int tileCount() {
        return tiles;
    }

    /** A piece of work, or null when none is left to hand out just now. */
    public @Nullable Work take() {
        Tile tile = stopped ? null : waiting.poll();
        if (tile == null) {
            return null;
        }
        working++;
        return new Work(tile);
    }

    /** Takes back a piece of work that was run; failed tells why it did not come to its end, if so. */
    public void giveBack(Work work, @Nullable Throwable failed) {
        working--;
        if (failed != null || cancelled.getAsBoolean()) {
            stopped = true;
            failure = failure == null ? failed : failure;
        } else if (!work.tile.isDone()) {
            waiting.add(work.tile);
        }
    }

    /** Hands out no more work. */
    public void stop() {
        stopped = true;
    }

    /** Whether nobody works on it and nobody will. */
    public boolean isOver() {
        return working == 0 && (stopped || waiting.isEmpty());
    }

    public boolean isStopped() {
        return stopped;
    }

    /** What went wrong, if something did. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** The share of the work that is done, 0 to 1. */
    public double fraction() {
        return Math.min(progress.sum() / tiles, 1);
    }

    public long rays() {
        return rays.get();
    }

    /**
     * The pixels, without grain if the settings say so; to be asked for once the rendering is over. Stops the rendering
     * when it is cancelled meanwhile.
     */
    public Film finish() {
        if (denoise && !stopped && !Denoiser.denoise(film, cancelled)) {
            stopped = true;
        }
        return film;
    }
}
