package io.renderfleet.cli;

import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.client.StoredDesign;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file with a design, and the id that it has at the service. */
record DesignFile(Path file, String designId, String contentType) {
    private static final int MAX_ID = 128;

    /**
     * Checks the name of the file.
     *
     * @param id the id that was asked for; null for the name of the file without its extension
     * @throws IllegalArgumentException when the name has no extension of a design, or does not make an id
     */
    static DesignFile of(Path file, @Nullable String id) {
        String name = String.valueOf(file.getFileName());
        String lower = name.toLowerCase(Locale.ROOT);
        String type = lower.endsWith(".glb") ? "model/gltf-binary" : lower.endsWith(".gltf") ? "model/gltf+json" : null;
        if (type == null) {
            throw new IllegalArgumentException("The file " + file + " is not a design. Its name must end with .glb or"
                    + " .gltf. To use a design that is stored already, give its id with --design.");
        }
        return new DesignFile(file, id == null ? idOf(name.substring(0, name.lastIndexOf('.'))) : id, type);
    }

    private static String idOf(String name) {
        String id = name.replaceAll("[^A-Za-z0-9._-]+", "-");
        id = id.substring(0, Math.min(id.length(), MAX_ID));
        if (id.chars().noneMatch(Character::isLetterOrDigit)) {
            throw new IllegalArgumentException("The name '" + name
                    + "' does not make an id. Give the design an id of A-Z a-z 0-9 . _ - with" + " --design.");
        }
        return id;
    }

    /**
     * Uploads the file, unless the service has it.
     *
     * @return the design that was stored; empty when the service had it already
     * @throws UncheckedIOException when the file cannot be read
     */
    Optional<StoredDesign> uploadIfNeeded(RenderfleetClient client) throws InterruptedException {
        String digest = digest();
        boolean stored = client.design(designId)
                .filter(design -> design.digest().equals(digest))
                .isPresent();
        return stored ? Optional.empty() : Optional.of(upload(client));
    }

    StoredDesign upload(RenderfleetClient client) throws InterruptedException {
        return client.uploadDesign(designId, file, contentType);
    }

    private String digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the design " + file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
