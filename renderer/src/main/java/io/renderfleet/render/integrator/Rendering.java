package io.renderfleet.render.integrator;

import io.renderfleet.render.Camera;
import io.renderfleet.render.Environment;
import io.renderfleet.render.RenderSettings;
import io.renderfleet.render.light.Lights;
import io.renderfleet.render.scene.RenderScene;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of one render, from the top of the picture to the bottom. Tiles are rendered pass by pass, and rows are
 * denoised as soon as the rows that they need are rendered; only the rows in progress are in memory. Any thread can
 * take a piece of work, and the picture does not depend on which thread does. {@link #take} and {@link #complete} must
 * be called under the caller's lock.
 */
public final class Rendering {
    /** The smallest size of the film in pixels, so that many threads find work. A pixel takes 32 bytes. */
    private static final int FILM_PIXELS = 1 << 21;

    /** The smallest number of rows of tiles to work on in addition to those that the denoiser needs. */
    private static final int LEAST_TILE_ROWS = 8;

    private final RenderScene scene;
    private final Lights lights;
    private final View view;
    private final RenderSettings settings;
    private final BooleanSupplier cancelled;
    private final Film film;
    private final FinishedRows finished;
    private final @Nullable Denoiser denoiser;
    private final float[] radiance;
    /** The uppermost tiles first, because a finished row makes memory available for a later one. */
    private final Queue<Tile> waiting = new PriorityQueue<>(Comparator.comparingInt(Tile::tileRow));

    /** The number of unfinished tiles in each row of tiles. */
    private final int[] tilesLeft;

    private final int tiles;
    private final AtomicLong rays = new AtomicLong();
    private final DoubleAdder progress = new DoubleAdder();
    private int tileRowsStarted;
    private int tileRowsDone;
    private int rowsFinished;
    private int working;
    private boolean finishing;
    private volatile boolean stopped;
    private @Nullable Throwable failure;

    /** @param finished receives the finished rows, from one thread at a time */
    public Rendering(
            RenderScene scene,
            Camera camera,
            RenderSettings settings,
            FinishedRows finished,
            BooleanSupplier cancelled) {
        this.scene = scene;
        this.settings = settings;
        this.finished = finished;
        lights = settings.environment() == Environment.NONE ? scene.lights().withoutSky() : scene.lights();
        this.cancelled = () -> stopped || cancelled.getAsBoolean();
        int width = settings.width();
        int height = settings.height();
        view = new View(camera, width, height);
        film = new Film(width, height, filmRows(width, height));
        denoiser = settings.denoise() ? new Denoiser(film, finished) : null;
        radiance = new float[3 * width];
        int columns = Math.ceilDiv(width, Tile.SIZE);
        tilesLeft = new int[Math.ceilDiv(height, Tile.SIZE)];
        Arrays.fill(tilesLeft, columns);
        tiles = columns * tilesLeft.length;
        startRows();
    }

    /** The heap of the rows in progress, in bytes. */
    public static long memory(int width, int height) {
        return (long) width * (32L * filmRows(width, height) + 16L * Math.min(Denoiser.ROWS, height));
    }

    private static int filmRows(int width, int height) {
        int least = Denoiser.LOOK_BACK + Denoiser.LOOK_AHEAD + LEAST_TILE_ROWS * Tile.SIZE;
        return Math.min(Math.max(least, FILM_PIXELS / width), height);
    }

    /** A piece of work. */
    public abstract static sealed class Work {
        private Work() {}

        /** Does the work. Must be called without the lock. */
        public abstract void run();
    }

    /** One tile's next pass. */
    private final class Pass extends Work {
        private final Tile tile;

        private Pass(Tile tile) {
            this.tile = tile;
        }

        @Override
        public void run() {
            double before = tile.fraction();
            PathTracer tracer = new PathTracer(scene, lights, view, settings.maxDepth());
            if (!cancelled.getAsBoolean() && tile.renderPass(tracer, cancelled)) {
                progress.add(tile.fraction() - before);
            }
            rays.addAndGet(tracer.rays());
        }
    }

    /** Denoises the rows for which all needed rows are rendered. */
    private final class Finish extends Work {
        private final int rendered;
        private int done;

        private Finish(int rendered) {
            this.rendered = rendered;
            this.done = rowsFinished;
        }

        @Override
        public void run() {
            if (denoiser == null) {
                while (done < rendered && !cancelled.getAsBoolean()) {
                    develop(done);
                    done++;
                }
            } else if (denoiser.advance(rendered, cancelled)) {
                done = denoiser.done();
            }
        }

        private void develop(int y) {
            for (int x = 0; x < film.width; x++) {
                int pixel = film.row(y) + x;
                for (int c = 0; c < 3; c++) {
                    radiance[3 * x + c] = film.sums[3 * pixel + c] / Math.max(film.counts[pixel], 1);
                }
            }
            finished.row(y, radiance);
        }
    }

    public int tileCount() {
        return tiles;
    }

    /** Returns a piece of work; null if none is available now. */
    public @Nullable Work take() {
        if (stopped) {
            return null;
        }
        // Finishing comes first, because later rows need the memory of the finished ones.
        Work work = finishable() ? new Finish(rendered()) : null;
        if (work == null) {
            Tile tile = waiting.poll();
            work = tile == null ? null : new Pass(tile);
        } else {
            finishing = true;
        }
        working += work == null ? 0 : 1;
        return work;
    }

    private int rendered() {
        return Math.min(tileRowsDone * Tile.SIZE, film.height);
    }

    /** Whether the rows that are rendered allow some to be finished. */
    private boolean finishable() {
        int rendered = rendered();
        int lookAhead = denoiser == null || rendered == film.height ? 0 : Denoiser.LOOK_AHEAD;
        return !finishing && rendered - lookAhead > rowsFinished;
    }

    /**
     * Must be called for each piece of work after it was run.
     *
     * @param failed the exception that the work threw; null if it completed
     */
    public void complete(Work work, @Nullable Throwable failed) {
        working--;
        if (failed != null || cancelled.getAsBoolean()) {
            stopped = true;
            failure = failure == null ? failed : failure;
            return;
        }
        switch (work) {
            case Pass pass -> {
                if (pass.tile.isDone()) {
                    tilesLeft[pass.tile.tileRow()]--;
                    while (tileRowsDone < tilesLeft.length && tilesLeft[tileRowsDone] == 0) {
                        tileRowsDone++;
                    }
                } else {
                    waiting.add(pass.tile);
                }
            }
            case Finish finish -> {
                finishing = false;
                rowsFinished = finish.done;
                startRows();
            }
        }
    }

    /** Makes the tiles of further rows available, as many as fit into the film. */
    private void startRows() {
        int needed = Math.max(rowsFinished - (denoiser == null ? 0 : Denoiser.LOOK_BACK), 0);
        while (tileRowsStarted < tilesLeft.length
                && Math.min((tileRowsStarted + 1) * Tile.SIZE, film.height) - needed <= film.capacity()) {
            int top = tileRowsStarted * Tile.SIZE;
            for (int y = top; y < Math.min(top + Tile.SIZE, film.height); y++) {
                film.clear(y);
            }
            for (int x = 0; x < film.width; x += Tile.SIZE) {
                waiting.add(new Tile(film, x, top, settings.samplesPerPixel(), settings.noiseThreshold()));
            }
            tileRowsStarted++;
        }
    }

    /** Ends the rendering: {@link #take} returns no more work. */
    public void stop() {
        stopped = true;
    }

    /** Whether there is no work in progress and none left. */
    public boolean isOver() {
        return working == 0 && (stopped || rowsFinished == film.height);
    }

    public boolean isStopped() {
        return stopped;
    }

    /** The exception with which a piece of work failed; null if none did. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** The completed share of the work, 0 to 1. */
    public double fraction() {
        return Math.min(progress.sum() / tiles, 1);
    }

    public long rays() {
        return rays.get();
    }
}
