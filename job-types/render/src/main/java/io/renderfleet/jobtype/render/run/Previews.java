package io.renderfleet.jobtype.render.run;

import io.renderfleet.job.Artifact;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.render.Camera;
import io.renderfleet.render.Picture;
import io.renderfleet.render.RenderCancelledException;
import io.renderfleet.render.RenderProgress;
import io.renderfleet.render.RenderSettings;
import io.renderfleet.render.Renderer;
import io.renderfleet.render.Scene;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Previews of one render that takes long: 2, 4, 8, 16 and so on seconds after its start, the same view is rendered small
 * and with few samples, and stored as the artifact {@link Artifact#PREVIEW}. The rows of the picture itself are finished
 * one after the other, so that a copy of it would show only its upper part for most of the time.
 *
 * <p>A preview takes at most {@value #SHARE} of the samples that the render has taken so far, so that all of them cost
 * about twice that part of the time; later previews are therefore sharper. A render takes fewer samples of pixels without
 * noise than it was asked for, so only those count that every pixel gets. A preview that fails does not fail the job.
 *
 * <p>Used by one thread, that of the render.
 */
final class Previews implements RenderProgress {
    /** The largest width and height in pixels. */
    static final int MAX_SIZE = 320;

    private static final double SHARE = 0.01;

    /** A pixel without noise gets no more samples than these, whatever the render asks for. */
    private static final int SAMPLES_OF_CLEAN_PIXELS = 16;

    /** With fewer samples for each pixel, a smaller picture shows more. */
    private static final int MIN_SAMPLES = 4;
    /** A smaller picture is not worth an upload. */
    private static final int MIN_SIZE = 48;

    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(Previews.class);

    private final Renderer renderer;
    private final Scene scene;
    private final Camera camera;
    private final RenderSettings settings;
    private final JobAttempt attempt;
    private final long start = System.nanoTime();
    private Duration next = FIRST;
    private boolean failed;

    /** @param settings those of the render */
    Previews(Renderer renderer, Scene scene, Camera camera, RenderSettings settings, JobAttempt attempt) {
        this.renderer = renderer;
        this.scene = scene;
        this.camera = camera;
        this.settings = settings;
        this.attempt = attempt;
    }

    @Override
    public void onProgress(double fraction) {
        attempt.progress(fraction);
        Duration since = Duration.ofNanos(System.nanoTime() - start);
        if (failed || fraction >= 1 || since.compareTo(next) < 0) {
            return;
        }
        while (next.compareTo(since) <= 0) {
            next = next.multipliedBy(2);
        }
        RenderSettings small = small(settings, fraction);
        if (small != null) {
            make(small);
        }
    }

    private void make(RenderSettings small) {
        try {
            Picture picture = renderer.render(scene, camera, small, RenderProgress.NONE, attempt::isStopped);
            Path file = attempt.scratch().resolve(Artifact.PREVIEW.value());
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                picture.writeJpeg(out);
            }
            attempt.storeArtifact(Artifact.PREVIEW, "image/jpeg", file);
        } catch (RenderCancelledException | StoppedException e) {
            // The render itself notices the stop.
            failed = true;
        } catch (IOException | RuntimeException e) {
            failed = true;
            log.warn(
                    "The preview of job {} could not be made; this attempt makes no further ones: {}",
                    attempt.jobId(),
                    e.toString());
        }
    }

    /**
     * The settings of a preview.
     *
     * @param fraction how much of the render is done
     * @return null if too little is done for a picture that shows something
     */
    static @Nullable RenderSettings small(RenderSettings settings, double fraction) {
        int perPixel = settings.samplesPerPixel();
        int taken = settings.noiseThreshold() > 0 ? Math.min(perPixel, SAMPLES_OF_CLEAN_PIXELS) : perPixel;
        double samples = SHARE * fraction * settings.width() * settings.height() * taken;
        int longer = Math.max(settings.width(), settings.height());
        double scale = Math.min(1, (double) MAX_SIZE / longer);
        double pixels = scale * settings.width() * scale * settings.height();
        int least = Math.min(MIN_SAMPLES, perPixel);
        if (samples < least * pixels) {
            scale *= Math.sqrt(samples / (least * pixels));
            pixels = samples / least;
        }
        if (scale * longer < MIN_SIZE) {
            return null;
        }
        return RenderSettings.of(side(settings.width() * scale), side(settings.height() * scale), (int)
                        Math.clamp(samples / pixels, 1, perPixel))
                .withToneMapping(settings.toneMapping())
                .withEnvironment(settings.environment());
    }

    private static int side(double pixels) {
        return Math.clamp(Math.round(pixels), 1, MAX_SIZE);
    }
}
