package io.renderfleet.blob;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Uploads a large file part by part, as S3's multipart uploads do: each part is retried on its own, and none of them is in
 * memory longer than it takes. The object appears once all parts are there; an upload that fails is aborted, so that its
 * parts cost nothing.
 */
final class UploadParts {
    /** The size of a part, but for the last. S3 allows 10,000 of 5 MiB or more, so that objects may have 78 GiB. */
    static final long SIZE = 8L << 20;

    private static final Logger log = LoggerFactory.getLogger(UploadParts.class);

    private final S3Client s3;
    private final String bucket;
    private final String key;

    UploadParts(S3Client s3, String bucket, String key) {
        this.s3 = s3;
        this.bucket = bucket;
        this.key = key;
    }

    void upload(Path file, String contentType) throws IOException {
        String upload = s3.createMultipartUpload(
                        request -> request.bucket(bucket).key(key).contentType(contentType))
                .uploadId();
        try (FileChannel channel = FileChannel.open(file)) {
            List<CompletedPart> parts = new ArrayList<>();
            for (long from = 0; from < channel.size(); from += SIZE) {
                parts.add(part(channel, upload, parts.size() + 1, from));
            }
            s3.completeMultipartUpload(request ->
                    request.bucket(bucket).key(key).uploadId(upload).multipartUpload(all -> all.parts(parts)));
        } catch (RuntimeException | IOException | Error e) {
            abort(upload);
            throw e;
        }
    }

    private CompletedPart part(FileChannel file, String upload, int number, long from) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(Math.min(SIZE, file.size() - from)));
        while (content.hasRemaining()) {
            if (file.read(content, from + content.position()) < 0) {
                throw new EOFException("the file of a result became shorter while it was uploaded");
            }
        }
        String tag = s3.uploadPart(
                        request -> request.bucket(bucket)
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .overrideConfiguration(TransferLimit.ofUpload(content.capacity())),
                        RequestBody.fromByteBuffer(content.flip()))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    private void abort(String upload) {
        try {
            s3.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException e) {
            log.warn(
                    "The parts of an upload to {} stay until the bucket's lifecycle removes them: {}",
                    key,
                    e.toString());
        }
    }
}
