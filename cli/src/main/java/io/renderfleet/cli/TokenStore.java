package io.renderfleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;

/**
 * The logins of the user, one for each address of the API, so that a token only goes where the user logged in. They are in
 * {@code $XDG_CONFIG_HOME/renderfleet/logins.json}, which only the user can read (mode 0600).
 */
final class TokenStore {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;

    /** @param directory the directory of the settings of all programs, such as {@code ~/.config} */
    TokenStore(Path directory) {
        file = directory.resolve("renderfleet").resolve("logins.json");
    }

    /** A login at one address of the API. */
    record Login(String issuer, String clientId, Issuer.Tokens tokens) {}

    Optional<Login> find(URI api) {
        JsonNode login = all().path(api.toString());
        return login.isMissingNode()
                ? Optional.empty()
                : Optional.of(new Login(
                        login.path("issuer").asText(),
                        login.path("clientId").asText(),
                        new Issuer.Tokens(
                                login.path("accessToken").asText(),
                                login.hasNonNull("refreshToken")
                                        ? login.path("refreshToken").asText()
                                        : null,
                                Instant.ofEpochSecond(login.path("expiresAt").asLong()))));
    }

    void save(URI api, Login login) {
        ObjectNode all = all();
        all.putObject(api.toString())
                .put("issuer", login.issuer())
                .put("clientId", login.clientId())
                .put("accessToken", login.tokens().access())
                .put("refreshToken", login.tokens().refresh())
                .put("expiresAt", login.tokens().expiresAt().getEpochSecond());
        write(all);
    }

    /** Forgets a login; returns whether there was one. */
    boolean remove(URI api) {
        ObjectNode all = all();
        boolean removed = all.remove(api.toString()) != null;
        if (removed) {
            write(all);
        }
        return removed;
    }

    private ObjectNode all() {
        try {
            return Files.exists(file) && JSON.readTree(file.toFile()) instanceof ObjectNode all
                    ? all
                    : JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the logins; delete the file and log in again", e);
        }
    }

    /** Replaces the file at once, so that no reader sees half of it. */
    private void write(ObjectNode all) {
        try {
            Files.createDirectories(
                    file.getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path part = Files.createTempFile(
                    file.getParent(),
                    "logins",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                JSON.writeValue(part.toFile(), all);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write the logins to " + file, e);
        }
    }
}
