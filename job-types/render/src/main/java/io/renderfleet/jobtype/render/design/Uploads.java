package io.renderfleet.jobtype.render.design;

import io.renderfleet.identity.Library;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.upload.UploadCapacity;
import io.renderfleet.upload.UploadedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Receives designs, has them validated and drawn, and stores those that are valid. The numbers of uploads received and validated at
 * the same time are limited, because they need disk space and memory.
 */
class Uploads {
    private final DesignStore store;
    private final DesignDigests digests;
    private final DesignValidator validator;
    private final UploadCapacity capacity;

    Uploads(DesignStore store, DesignDigests digests, DesignSettings settings, DesignValidator validator) {
        this.store = store;
        this.digests = digests;
        this.validator = validator;
        this.capacity = new UploadCapacity(settings.uploads(), System::nanoTime);
        UploadedFile.deleteLeft(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * A stored design.
     *
     * @param created whether there was no design with this id before
     */
    record Stored(Design design, boolean created) {}

    /**
     * Stores a request body under an id of a library; {@link ProblemException} if it is refused.
     *
     * @param declaredLength the size that the client declared in bytes; -1 if it declared none
     */
    Stored accept(Library library, DesignId id, InputStream body, long declaredLength) throws IOException {
        try (UploadedFile file = capacity.receive(body, declaredLength)) {
            FileKind kind = FileKind.of(file.path());
            Design.Contents contents = validator.validate(file.path());
            boolean created = store.find(library, id).isEmpty();
            byte[] thumbnail = validator.draw(file.path()).orElse(null);
            Design design = store.store(library, id, file.path(), kind.contentType(), contents, thumbnail);
            digests.stored(library, design);
            return new Stored(design, created);
        }
    }
}
