package io.renderfleet.blob;

import io.renderfleet.region.RegionId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Uploads an object while it is written. Up to one part is kept in memory; a larger object is uploaded in parts by S3's
 * multipart upload, and each part is retried on its own. The object exists when the stream has been closed. When a
 * write or the close fails, or the stream is aborted, the object is not created and the uploaded parts are deleted.
 *
 * <p>May be used by one thread at a time, except for {@link #abort}. Errors of S3 are thrown as the SDK's exceptions,
 * after the configured retries. An interrupt ends the call in progress with such an exception.
 */
public final class UploadStream extends OutputStream {
    /**
     * The size of each part except the last, in bytes. S3 supports 10,000 parts of 5 MiB or more, so an object can have
     * 78 GiB.
     */
    public static final int PART_BYTES = 8 << 20;

    private static final int FIRST_BUFFER = 8 << 10;
    private static final Logger log = LoggerFactory.getLogger(UploadStream.class);

    private final S3Client s3;
    private final StoredFile target;
    private final List<CompletedPart> parts = new ArrayList<>();
    private byte[] buffer = new byte[FIRST_BUFFER];
    private int buffered;
    private long written;
    private @Nullable String upload;
    private boolean over;

    UploadStream(S3Client s3, StoredFile target) {
        this.s3 = s3;
        this.target = target;
    }

    /**
     * Uploads an object that is not a file of a job.
     *
     * @param region that of the bucket and the client
     * @param key must be new: an object that exists is taken for one that an earlier try of this upload created
     */
    public static UploadStream to(S3Client s3, RegionId region, String bucket, String key, String contentType) {
        return new UploadStream(
                s3, new StoredFile(region, bucket, key, contentType, key.substring(key.lastIndexOf('/') + 1)));
    }

    /** The number of bytes written so far. */
    public synchronized long bytes() {
        return written;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (over) {
            throw new IOException("The upload is closed or has failed.");
        }
        for (int from = offset, left = length; left > 0; ) {
            // A full part is uploaded only when more bytes follow: the last part completes the upload.
            if (buffered == PART_BYTES) {
                orAbort(this::uploadPart);
            }
            int count = Math.min(left, PART_BYTES - buffered);
            if (buffered + count > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.clamp(buffer.length * 2L, buffered + count, PART_BYTES));
            }
            System.arraycopy(bytes, from, buffer, buffered, count);
            buffered += count;
            written += count;
            from += count;
            left -= count;
        }
    }

    /** Uploads the rest and creates the object. No effect when the stream is closed or has failed. */
    @Override
    public synchronized void close() {
        if (!over) {
            orAbort(this::complete);
            over = true;
            buffer = new byte[0];
        }
    }

    /** Aborts the upload, unless the stream is closed. Waits for a part in progress. */
    public synchronized void abort() {
        if (over) {
            return;
        }
        over = true;
        buffer = new byte[0];
        String started = upload;
        if (started == null) {
            return;
        }
        // The interrupt flag is cleared for this call, which would fail otherwise and leave the parts in the bucket.
        boolean interrupted = Thread.interrupted();
        try {
            s3.abortMultipartUpload(
                    request -> request.bucket(target.bucket()).key(target.key()).uploadId(started));
        } catch (SdkException e) {
            log.warn(
                    "Could not abort the upload to {}. Its parts remain until the lifecycle rule of the bucket deletes"
                            + " them: {}",
                    target.key(),
                    e.toString());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void orAbort(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            abort();
            throw e;
        }
    }

    private void complete() {
        if (upload == null) {
            NewObject.put(s3, target, body(), buffered);
        } else {
            uploadPart();
            NewObject.complete(
                    s3,
                    target,
                    upload,
                    CompletedMultipartUpload.builder().parts(parts).build());
        }
    }

    private void uploadPart() {
        if (upload == null) {
            upload = s3.createMultipartUpload(request ->
                            request.bucket(target.bucket()).key(target.key()).contentType(target.contentType()))
                    .uploadId();
        }
        int number = parts.size() + 1;
        String tag = s3.uploadPart(
                        request -> request.bucket(target.bucket())
                                .key(target.key())
                                .uploadId(upload)
                                .partNumber(number)
                                .overrideConfiguration(TransferLimit.ofUpload(buffered)),
                        body())
                .eTag();
        parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        buffered = 0;
    }

    /**
     * A body that reads the buffer, which does not change until the call ends. The SDK's own bodies would copy the
     * bytes.
     */
    private RequestBody body() {
        byte[] content = buffer;
        int length = buffered;
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(content, 0, length), length, "application/octet-stream");
    }
}
