package io.renderfleet.jobtype.inference.image;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.renderfleet.blob.BucketNames;
import io.renderfleet.blob.TransferLimit;
import io.renderfleet.identity.Library;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Stores uploaded images in the home region's bucket of designs: the bytes under {@code inputs/blobs/<sha-256>}, which are
 * never changed, and a small document under {@code inputs/names/<library>/<name>.json} with the digest. A job keeps the digest, so
 * that a name that is used again does not change jobs that were accepted before. The bucket deletes both after
 * {@link #KEPT}.
 *
 * <p>Thread-safe. Errors of S3 are thrown as exceptions of the SDK, after its retries.
 */
public final class InputStore {
    /** How long an image is kept after it was last uploaded. */
    public static final Duration KEPT = Duration.ofDays(7);

    private static final String PREFIX = "inputs/";
    private static final int FORBIDDEN = 403;

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final S3Client s3;
    private final String bucket;
    private final Clock clock;

    public InputStore(S3Client s3, String bucket, Clock clock) {
        this.s3 = s3;
        this.bucket = bucket;
        this.clock = clock;
    }

    /** The bucket of a deployment's designs and inputs, in the home region. */
    public static String bucket(String env, String suffix) {
        return new BucketNames(env, suffix).of("designs");
    }

    /**
     * A stored image.
     *
     * @param digest SHA-256 of the bytes in lower-case hex
     * @param bytes the size in bytes
     * @param contentType such as image/png
     * @param storedAt when the name was last assigned to these bytes
     */
    public record Input(String digest, long bytes, String contentType, Instant storedAt) {}

    /** Stores an image under a name of a library, replacing an earlier one with this name. */
    public Input store(Library library, InputName name, Path image, ImageType type) throws IOException {
        long bytes = Files.size(image);
        String digest;
        try (InputStream in = Files.newInputStream(image)) {
            digest = DigestUtils.sha256Hex(in);
        }
        put(digest, type, bytes, RequestBody.fromFile(image));
        Input input = new Input(digest, bytes, type.mediaType(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        s3.putObject(
                request -> request.bucket(bucket).key(key(library, name)).contentType("application/json"),
                RequestBody.fromBytes(JSON.writeValueAsBytes(input)));
        return input;
    }

    /** Stores an image without a name, and returns its digest. */
    public String store(byte[] image, ImageType type) {
        String digest = DigestUtils.sha256Hex(image);
        put(digest, type, image.length, RequestBody.fromBytes(image));
        return digest;
    }

    private void put(String digest, ImageType type, long bytes, RequestBody image) {
        s3.putObject(
                request -> request.bucket(bucket)
                        .key(blob(digest))
                        .contentType(type.mediaType())
                        .overrideConfiguration(TransferLimit.ofUpload(bytes)),
                image);
    }

    /** The image that has the name in the library now; empty if there is none. */
    public Optional<Input> find(Library library, InputName name) {
        try {
            byte[] document = s3.getObjectAsBytes(
                            request -> request.bucket(bucket).key(key(library, name)))
                    .asByteArrayUnsafe();
            return Optional.of(JSON.readValue(document, Input.class));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("the document of input " + name + " cannot be read", e);
        }
    }

    /** The bytes of an image while they arrive. */
    public record Content(InputStream stream, long bytes) {}

    /**
     * Opens an image; empty if it was deleted. The caller closes the stream.
     *
     * @param digest 64 lower-case hexadecimal digits
     */
    public Optional<Content> open(String digest) {
        try {
            ResponseInputStream<GetObjectResponse> content =
                    s3.getObject(request -> request.bucket(bucket).key(blob(digest)));
            return Optional.of(new Content(content, content.response().contentLength()));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (S3Exception e) {
            // S3's answer for an object that does not exist to a role that may not list the bucket, such as a worker's.
            if (e.statusCode() == FORBIDDEN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String key(Library library, InputName name) {
        return PREFIX + "names/" + library.prefix() + name + ".json";
    }

    private static String blob(String digest) {
        return PREFIX + "blobs/" + digest;
    }
}
