package io.renderfleet.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The project's own folder, from whichever of its folders a test is run in. */
final class Project {
    private Project() {}

    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("Makefile"))) {
            at = Objects.requireNonNull(at.getParent(), "no Makefile above the working directory");
        }
        return at;
    }

    static ScalingSettings settings() {
        return WorkerTemplate.read(root().resolve(WorkerTemplate.PATH));
    }
}
