package io.renderfleet.jobtype.render.design;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.renderfleet.blob.BucketNames;
import io.renderfleet.blob.TransferLimit;
import io.renderfleet.identity.Library;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Stores designs in the home region's bucket: the bytes under {@code blobs/<sha-256>}, which are never changed, and a
 * small document under {@code designs/<library>/<designId>.json} with the digest of the design's bytes. Bytes can therefore be
 * cached under their digest without an expiry. The thumbnail is beside the bytes, as {@code blobs/<sha-256>.thumbnail.jpg}.
 *
 * <p>Thread-safe. Errors of S3 are thrown as exceptions of the SDK, after its retries.
 */
public final class DesignStore {
    private static final String NAMES = "designs/";
    private static final String NAME_END = ".json";
    private static final String BLOBS = "blobs/";
    private static final String THUMBNAIL_END = ".thumbnail.jpg";
    /** The largest page of S3. */
    private static final int LIST_PAGE = 1000;
    /** How many ids one search reads at most. */
    private static final int SEARCHED = 10 * LIST_PAGE;

    private static final String THUMBNAIL_TYPE = "image/jpeg";

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final S3Client s3;
    private final String bucket;
    private final Clock clock;

    public DesignStore(S3Client s3, String bucket, Clock clock) {
        this.s3 = s3;
        this.bucket = bucket;
        this.clock = clock;
    }

    /** The bucket of a deployment's designs, {@code renderfleet-<env>-designs[-<suffix>]}, in the home region. */
    public static String bucket(String env, String suffix) {
        return new BucketNames(env, suffix).of("designs");
    }

    /**
     * Stores a validated file under an id of a library, replacing an earlier design with this id.
     *
     * @param thumbnail a JPEG; null if there is none
     */
    public Design store(
            Library library,
            DesignId id,
            Path file,
            String contentType,
            Design.Contents contents,
            byte @Nullable [] thumbnail)
            throws IOException {
        String digest = digest(file);
        long bytes = Files.size(file);
        s3.putObject(
                request -> request.bucket(bucket)
                        .key(BLOBS + digest)
                        .contentType(contentType)
                        .overrideConfiguration(TransferLimit.ofUpload(bytes)),
                RequestBody.fromFile(file));
        Design design = new Design(
                id, digest, bytes, contentType, clock.instant().truncatedTo(ChronoUnit.MILLIS), contents, false);
        if (thumbnail != null) {
            return addThumbnail(library, design, thumbnail);
        }
        write(library, design);
        return design;
    }

    /**
     * Stores a thumbnail of a design, and the design as one that has it.
     *
     * @param thumbnail a JPEG
     */
    public Design addThumbnail(Library library, Design design, byte[] thumbnail) throws IOException {
        s3.putObject(
                request -> request.bucket(bucket)
                        .key(BLOBS + design.digest() + THUMBNAIL_END)
                        .contentType(THUMBNAIL_TYPE),
                RequestBody.fromBytes(thumbnail));
        Design drawn = new Design(
                design.id(),
                design.digest(),
                design.bytes(),
                design.contentType(),
                design.storedAt(),
                design.contents(),
                true);
        write(library, drawn);
        return drawn;
    }

    private void write(Library library, Design design) throws IOException {
        s3.putObject(
                request -> request.bucket(bucket).key(key(library, design.id())).contentType("application/json"),
                RequestBody.fromBytes(JSON.writeValueAsBytes(design)));
    }

    /** The design that is stored under the id in the library now; empty if there is none. */
    public Optional<Design> find(Library library, DesignId id) {
        try {
            byte[] document = s3.getObjectAsBytes(
                            request -> request.bucket(bucket).key(key(library, id)))
                    .asByteArrayUnsafe();
            return Optional.of(JSON.readValue(document, Design.class));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("the document of design " + id + " cannot be read", e);
        }
    }

    /**
     * Opens a design's bytes. They are not compared with the digest, and must be read or closed soon, because they occupy a
     * connection to S3.
     *
     * @throws DesignGoneException if the bytes are not in the store
     */
    InputStream open(String digest) {
        try {
            return s3.getObject(request -> request.bucket(bucket).key(BLOBS + digest));
        } catch (NoSuchKeyException e) {
            throw new DesignGoneException("The design's bytes are no longer in the store.");
        }
    }

    /** A design's thumbnail, a JPEG; empty if it has none. */
    Optional<byte[]> thumbnail(Design design) {
        if (!design.thumbnail()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    s3.getObjectAsBytes(request -> request.bucket(bucket).key(BLOBS + design.digest() + THUMBNAIL_END))
                            .asByteArrayUnsafe());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    /** Removes an id from a library. The bytes remain, because jobs and other ids may refer to them. */
    void delete(Library library, DesignId id) {
        s3.deleteObject(request -> request.bucket(bucket).key(key(library, id)));
    }

    /**
     * Downloads a design's bytes to a file. The file is created only after the bytes are complete and match the digest.
     *
     * @throws DesignGoneException if the bytes are not in the store, or the stored bytes do not match the digest
     */
    public void fetch(String digest, Path target) throws IOException {
        Path part = Files.createTempFile(target.toAbsolutePath().getParent(), "fetch-", ".part");
        try {
            try (InputStream in = s3.getObject(request -> request.bucket(bucket).key(BLOBS + digest));
                    OutputStream out = Files.newOutputStream(part)) {
                DigestInputStream digesting = new DigestInputStream(in, DigestUtils.getSha256Digest());
                digesting.transferTo(out);
                String found =
                        HexFormat.of().formatHex(digesting.getMessageDigest().digest());
                if (!found.equals(digest)) {
                    throw new DesignGoneException("The stored bytes of the design do not match the uploaded file.");
                }
            } catch (NoSuchKeyException e) {
                throw new DesignGoneException("The design's bytes are no longer in the store.");
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** A design's id and when it was last assigned. */
    public record Entry(DesignId id, Instant storedAt) {}

    /**
     * A page of designs in the order of their ids.
     *
     * @param next the last id of this page, to read the next one; null if this is the last page
     */
    public record Page(List<Entry> entries, @Nullable DesignId next) {}

    /**
     * Lists the designs of a library in the order of their ids.
     *
     * @param after the last id of the page before; null for the first page
     * @param limit 1 to 1,000
     */
    public Page list(Library library, @Nullable DesignId after, int limit) {
        String prefix = NAMES + library.prefix();
        ListObjectsV2Response response = s3.listObjectsV2(request -> request.bucket(bucket)
                .prefix(prefix)
                .maxKeys(limit)
                .startAfter(after == null ? null : key(library, after)));
        List<Entry> entries = response.contents().stream()
                .map(object -> new Entry(name(prefix, object.key()), object.lastModified()))
                .toList();
        boolean more = Boolean.TRUE.equals(response.isTruncated()) && !entries.isEmpty();
        return new Page(entries, more ? entries.getLast().id() : null);
    }

    /**
     * Lists the designs of a library whose ids contain a text, in any case, in the order of their ids. S3 cannot search, so
     * that all ids are read. After {@value #SEARCHED} of them the page ends, even if it has no entry.
     *
     * @param text a part of the ids
     * @param after as of {@link #list}
     * @param limit 1 to 1,000
     */
    Page search(Library library, String text, @Nullable DesignId after, int limit) {
        String wanted = text.toLowerCase(Locale.ROOT);
        List<Entry> found = new ArrayList<>();
        DesignId last = after;
        for (int searched = 0; searched < SEARCHED; searched += LIST_PAGE) {
            Page page = list(library, last, LIST_PAGE);
            for (Entry entry : page.entries()) {
                if (entry.id().value().toLowerCase(Locale.ROOT).contains(wanted)) {
                    if (found.size() == limit) {
                        return new Page(found, found.getLast().id());
                    }
                    found.add(entry);
                }
            }
            last = page.next();
            if (last == null) {
                break;
            }
        }
        return new Page(found, last);
    }

    private static DesignId name(String prefix, String key) {
        return new DesignId(key.substring(prefix.length(), key.length() - NAME_END.length()));
    }

    private static String key(Library library, DesignId id) {
        return NAMES + library.prefix() + id + NAME_END;
    }

    private static String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return DigestUtils.sha256Hex(in);
        }
    }
}
