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
 * Receives designs, validates them with the renderer's reader, and stores those that are valid. The numbers of uploads
 * received and validated at the same time are limited, because they need disk space and memory.
 */
class Uploads {
    private final DesignStore store;
    private final DesignDigests digests;
    private final DesignSettings settings;
    private final SceneReader reader;
    private final UploadCapacity capacity;
    private final Semaphore inspecting;

    Uploads(DesignStore store, DesignDigests digests, DesignSettings settings) {
        this.store = store;
        this.digests = digests;
        this.settings = settings;
        this.reader = new SceneReader(
                SceneLimits.forMemory(Runtime.getRuntime().maxMemory() / 2 / settings.concurrentInspections()));
        this.capacity = new UploadCapacity(settings, System::nanoTime);
        this.inspecting = new Semaphore(settings.concurrentInspections(), true);
    }

    /**
     * A stored design.
     *
     * @param created whether there was no design with this id before
     */
    record Stored(Design design, boolean created) {}

    /**
     * Stores a request body under an id; {@link ProblemException} if it is refused.
     *
     * @param declaredLength the size that the client declared in bytes; -1 if it declared none
     */
    Stored accept(DesignId id, InputStream body, long declaredLength) throws IOException {
        if (declaredLength > settings.maxUpload().toBytes()) {
            throw UploadedFile.tooLarge(settings.maxUpload());
        }
        try (UploadCapacity.Reservation reservation = capacity.enter(declaredLength);
                UploadedFile file = UploadedFile.receive(body, settings.maxUpload(), reservation)) {
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
                throw UploadCapacity.busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UploadCapacity.busy();
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
                    Objects.requireNonNullElse(e.getMessage(), "The file is not a valid glTF 2.0 file."));
        } finally {
            inspecting.release();
        }
    }

    private static List<Double> list(Vec3 v) {
        return List.of(v.x(), v.y(), v.z());
    }
}
