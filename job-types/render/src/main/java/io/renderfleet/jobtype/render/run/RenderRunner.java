package io.renderfleet.jobtype.render.run;

import io.renderfleet.job.JobError;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.jobtype.JobRunner.MemoryNeed;
import io.renderfleet.jobtype.render.RenderPayload;
import io.renderfleet.jobtype.render.design.DesignGoneException;
import io.renderfleet.render.Camera;
import io.renderfleet.render.Environment;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.Picture;
import io.renderfleet.render.RenderCancelledException;
import io.renderfleet.render.RenderProgress;
import io.renderfleet.render.RenderSettings;
import io.renderfleet.render.Renderer;
import io.renderfleet.render.Vec3;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Runs render jobs. A job whose design or camera is invalid is rejected with an error that names the cause. */
final class RenderRunner implements JobRunner {
    private final SceneCache scenes;
    private final Renderer renderer;
    private final boolean previews;

    /** @param previews whether renders that take long make previews */
    RenderRunner(SceneCache scenes, Renderer renderer, boolean previews) {
        this.scenes = scenes;
        this.renderer = renderer;
        this.previews = previews;
    }

    @Override
    public JobTypeName type() {
        return RenderPayload.TYPE;
    }

    /** The memory of the picture and its preview. That of the scene is limited by {@link SceneCache}. */
    @Override
    public MemoryNeed memory(JobPayload payload) {
        RenderPayload.Output output = RenderPayload.FORMAT.read(payload).output();
        return new MemoryNeed(
                Renderer.memory(output.width(), output.height())
                        + (previews ? Renderer.memory(Previews.MAX_SIZE, Previews.MAX_SIZE) : 0),
                "Request a picture with fewer pixels, or ask the operator to give the workers more memory.");
    }

    @Override
    public JobOutput run(JobPayload payload, JobAttempt attempt) throws IOException {
        RenderPayload render = RenderPayload.FORMAT.read(payload);
        try {
            Camera camera = camera(render.camera());
            return write(picture(render, camera, attempt), render.output().format(), attempt);
        } catch (InvalidSceneException e) {
            throw new JobRejectedException(new JobError(e.code(), message(e)), e);
        } catch (DesignGoneException e) {
            throw new JobRejectedException(
                    new JobError("design-gone", message(e) + " Upload the design again and submit a new job."), e);
        } catch (RenderCancelledException | Loading.LoadAbandonedException e) {
            throw new StoppedException();
        }
    }

    private Picture picture(RenderPayload render, Camera camera, JobAttempt attempt) throws IOException {
        RenderPayload.Output output = render.output();
        try (SceneCache.Use use = scenes.use(render.designDigest(), attempt::isStopped)) {
            RenderSettings settings = RenderSettings.of(output.width(), output.height(), output.samplesPerPixel())
                    .withEnvironment(environment(render.environment()));
            RenderProgress progress =
                    previews ? new Previews(renderer, use.scene(), camera, settings, attempt) : attempt::progress;
            return renderer.render(use.scene(), camera, settings, progress, attempt::isStopped);
        }
    }

    private static JobOutput write(Picture picture, RenderPayload.Format format, JobAttempt attempt)
            throws IOException {
        Path file = attempt.scratch().resolve("picture." + format.extension());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            switch (format) {
                case PNG -> picture.writePng(out);
                case JPEG -> picture.writeJpeg(out);
            }
        }
        return new JobOutput(file, format.extension(), format.contentType());
    }

    private static Environment environment(RenderPayload.Environment environment) {
        return switch (environment) {
            case DEFAULT -> Environment.DEFAULT;
            case NONE -> Environment.NONE;
        };
    }

    private static Camera camera(RenderPayload.Camera camera) {
        try {
            return new Camera(vec3(camera.position()), vec3(camera.target()), vec3(camera.up()), camera.fov());
        } catch (IllegalArgumentException e) {
            throw new JobRejectedException(
                    new JobError("invalid-camera", "The camera is invalid: " + message(e) + "."), e);
        }
    }

    private static Vec3 vec3(RenderPayload.Vector vector) {
        return new Vec3(vector.x(), vector.y(), vector.z());
    }

    private static String message(RuntimeException e) {
        return Objects.requireNonNullElse(e.getMessage(), "The cause is unknown.");
    }
}
