package io.renderfleet.localaws;

import io.renderfleet.identity.Library;
import io.renderfleet.jobtype.render.design.Design;
import io.renderfleet.jobtype.render.design.DesignId;
import io.renderfleet.jobtype.render.design.DesignStore;
import io.renderfleet.localaws.samples.SampleDesign;
import io.renderfleet.localaws.samples.SampleDesigns;
import io.renderfleet.render.Bounds;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneReader;
import io.renderfleet.render.SceneSummary;
import io.renderfleet.render.ThumbnailRenderer;
import io.renderfleet.render.Vec3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Validates and stores the sample designs in the same way as uploaded designs. */
final class SampleProvisioning {
    private static final String CONTENT_TYPE = "model/gltf-binary";

    private static final Duration DRAWING_TIME = Duration.ofSeconds(10);

    private final DesignStore designs;
    private final SceneReader reader = new SceneReader(SceneLimits.defaults());

    SampleProvisioning(DesignStore designs) {
        this.designs = designs;
    }

    void samples() {
        SampleDesigns.all().parallelStream().forEach(this::sample);
    }

    private void sample(SampleDesign sample) {
        try {
            Path file = Files.createTempFile("renderfleet-sample-", ".glb");
            try {
                Files.write(file, sample.glb());
                designs.store(
                        Library.SHARED,
                        new DesignId(sample.id()),
                        file,
                        CONTENT_TYPE,
                        contents(reader.inspect(file)),
                        null);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The sample design " + sample.id() + " could not be stored.", e);
        }
    }

    void thumbnails() {
        try (ThumbnailRenderer renderer = new ThumbnailRenderer(reader)) {
            for (SampleDesign sample : SampleDesigns.all()) {
                draw(sample, renderer);
            }
        }
    }

    private void draw(SampleDesign sample, ThumbnailRenderer renderer) {
        DesignId id = new DesignId(sample.id());
        try {
            Optional<Design> stored = designs.find(Library.SHARED, id);
            Path file = Files.createTempFile("renderfleet-sample-", ".glb");
            try {
                Files.write(file, sample.glb());
                Optional<byte[]> picture = renderer.draw(file, DRAWING_TIME);
                // Somebody may have stored another design under this id.
                if (picture.isPresent()
                        && stored.isPresent()
                        && designs.find(Library.SHARED, id).equals(stored)) {
                    designs.addThumbnail(Library.SHARED, stored.get(), picture.get());
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The sample design " + sample.id() + " could not be drawn.", e);
        }
    }

    private static Design.Contents contents(SceneSummary summary) {
        Bounds bounds = summary.bounds();
        return new Design.Contents(
                summary.nodes(),
                summary.meshes(),
                summary.materials(),
                summary.textures(),
                summary.lights(),
                summary.triangles(),
                list(bounds.min()),
                list(bounds.max()));
    }

    private static List<Double> list(Vec3 point) {
        return List.of(point.x(), point.y(), point.z());
    }
}
