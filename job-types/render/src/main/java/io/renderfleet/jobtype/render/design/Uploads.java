package io.renderfleet.jobtype.render.design;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.render.Bounds;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneReader;
import io.renderfleet.render.SceneSummary;
import io.renderfleet.render.Vec3;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Takes designs: received whole, read by the renderer's own reader, and stored only if it finds nothing wrong. How many
 * are received and read at a time is bounded, since each takes disk and memory.
 */
class Uploads {
    private final DesignStore store;
    private final DesignDigests digests;
    private final DesignSettings settings;
    private final SceneReader reader = new SceneReader(SceneLimits.defaults());
    private final UploadRoom room;
    private final Semaphore inspecting;

    Uploads(DesignStore store, DesignDigests digests, DesignSettings settings) {
        this.store = store;
        this.digests = digests;
        this.settings = settings;
        this.room = new UploadRoom(settings, System::nanoTime);
        this.inspecting = new Semaphore(settings.concurrentInspections(), true);
    }

    /**
     * A stored design.
     *
     * @param created whether the name was new
     */
    record Stored(Design design, boolean created) {}

    /**
     * Stores a body under a name; {@link ProblemException} when it is refused.
     *
     * @param declaredLength what the client says its size is; -1 when it does not
     */
    Stored accept(DesignId id, InputStream body, long declaredLength) throws IOException {
        if (declaredLength > settings.maxUpload().toBytes()) {
            throw UploadedFile.tooLarge(settings.maxUpload());
        }
        try (UploadRoom.Place place = room.enter(declaredLength);
                UploadedFile file = UploadedFile.receive(body, settings.maxUpload(), place)) {
            FileKind kind = FileKind.of(file.path());
            Design.Contents contents = inspect(file.path());
            boolean created = store.find(id).isEmpty();
            Design design = store.store(id, file.path(), kind.contentType(), contents);
            digests.stored(design);
            return new Stored(design, created);
        }
    }

    private Design.Contents inspect(Path file) throws IOException {
        try {
            if (!inspecting.tryAcquire(settings.inspectionWait().toNanos(), TimeUnit.NANOSECONDS)) {
                throw UploadRoom.busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UploadRoom.busy();
        }
        try {
            SceneSummary found = reader.inspect(file);
            Bounds bounds = found.bounds();
            return new Design.Contents(
                    found.nodes(),
                    found.meshes(),
                    found.materials(),
                    found.textures(),
                    found.lights(),
                    found.triangles(),
                    list(bounds.min()),
                    list(bounds.max()));
        } catch (InvalidSceneException e) {
            throw ProblemException.of(
                    DesignProblems.invalid(e.code()),
                    Objects.requireNonNullElse(e.getMessage(), "The file is not sound."));
        } finally {
            inspecting.release();
        }
    }

    private static List<Double> list(Vec3 v) {
        return List.of(v.x(), v.y(), v.z());
    }
}
