package io.renderfleet.upload;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;

/** A request body in a temporary file, which is deleted by {@link #close}. */
public final class UploadedFile implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;
    private static final String PREFIX = "renderfleet-upload-";
    private static final String SUFFIX = ".part";

    /** Longer than any upload takes, so that no other process of the machine still uses the file. */
    private static final Duration LEFT_AFTER = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(UploadedFile.class);

    private final Path path;
    private final UploadCapacity.Reservation reservation;

    private UploadedFile(Path path, UploadCapacity.Reservation reservation) {
        this.path = path;
        this.reservation = reservation;
    }

    /** Deletes the files of processes that were killed while they received a body. */
    public static void deleteLeft(Path temporary) {
        Instant before = Instant.now().minus(LEFT_AFTER);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, PREFIX + "*" + SUFFIX)) {
            for (Path file : left) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.warn("Could not delete unfinished uploads in {}; they take disk space: {}", temporary, e.toString());
        }
    }

    /**
     * Creates a temporary file that does not count against a limit. The caller deletes it; if the process is killed
     * before, {@link #deleteLeft} does.
     */
    public static Path temporary() throws IOException {
        return Files.createTempFile(PREFIX, SUFFIX);
    }

    /**
     * Receives a whole body; {@link ProblemException} if it is too large, ends early or exceeds the capacity for
     * uploads.
     */
    static UploadedFile receive(InputStream body, DataSize limit, UploadCapacity.Reservation reservation)
            throws IOException {
        UploadedFile file = new UploadedFile(temporary(), reservation);
        try {
            try (OutputStream out = Files.newOutputStream(file.path)) {
                copy(body, out, limit, reservation);
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    static ProblemException tooLarge(DataSize limit) {
        return ProblemException.of(
                ProblemType.BODY_TOO_LARGE, "The file can have at most " + limit.toMegabytes() + " MiB.");
    }

    /** Where the bytes are, until the file is closed. */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try (reservation) {
            Files.deleteIfExists(path);
        }
    }

    private static void copy(InputStream body, OutputStream out, DataSize limit, UploadCapacity.Reservation reservation)
            throws IOException {
        byte[] chunk = new byte[CHUNK];
        long total = 0;
        for (int read = read(body, chunk); read >= 0; read = read(body, chunk)) {
            total += read;
            if (total > limit.toBytes()) {
                throw tooLarge(limit);
            }
            reservation.grow(read);
            out.write(chunk, 0, read);
        }
    }

    private static int read(InputStream body, byte[] chunk) throws IOException {
        try {
            return body.read(chunk);
        } catch (IOException e) {
            throw ProblemException.of(
                    ProblemType.INVALID_REQUEST, "The request body is incomplete. Upload the file again.");
        }
    }
}
