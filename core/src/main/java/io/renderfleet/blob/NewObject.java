package io.renderfleet.blob;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Creates objects that must not exist yet. S3 checks this and writes in one step ({@code If-None-Match: *}), and answers
 * 412 when the key already has an object. The policy of the bucket refuses writes without this header.
 *
 * <p>A 412 is a success: the key contains an id that only this upload knows ({@link io.renderfleet.job.FileId}), so an
 * earlier try of the same call created the object, and its response was lost. No permission to read is needed for that.
 * S3 answers 409 while such an earlier try is still in progress; the client repeats the call as after other temporary
 * failures.
 */
final class NewObject {
    private static final String IF_ABSENT = "*";
    private static final int PRECONDITION_FAILED = 412;
    private static final String NO_SUCH_UPLOAD = "NoSuchUpload";

    private NewObject() {}

    /** Uploads an object in one call. */
    static void put(S3Client s3, StoredFile target, RequestBody content, long bytes) {
        var _ = create(() -> s3.putObject(
                request -> request.bucket(target.bucket())
                        .key(target.key())
                        .contentType(target.contentType())
                        .ifNoneMatch(IF_ABSENT)
                        .overrideConfiguration(TransferLimit.ofUpload(bytes)),
                content));
    }

    /** Creates an object from its uploaded parts. */
    static void complete(S3Client s3, StoredFile target, String upload, CompletedMultipartUpload parts) {
        try {
            var _ = create(() -> s3.completeMultipartUpload(request -> request.bucket(target.bucket())
                    .key(target.key())
                    .uploadId(upload)
                    .multipartUpload(parts)
                    .ifNoneMatch(IF_ABSENT)));
        } catch (S3Exception e) {
            // S3 forgets an upload that is complete, and one that was aborted. Only in the first case is there an
            // object.
            if (e.awsErrorDetails() == null
                    || !NO_SUCH_UPLOAD.equals(e.awsErrorDetails().errorCode())
                    || !exists(s3, target)) {
                throw e;
            }
        }
    }

    /**
     * Whether the key has an object. Workers may not read results. This creates an empty object if there is none, to
     * which nothing refers.
     */
    private static boolean exists(S3Client s3, StoredFile target) {
        return !create(() -> s3.putObject(
                request -> request.bucket(target.bucket()).key(target.key()).ifNoneMatch(IF_ABSENT),
                RequestBody.empty()));
    }

    /** Returns false when the key already had an object. */
    private static boolean create(Runnable call) {
        try {
            call.run();
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() != PRECONDITION_FAILED) {
                throw e;
            }
            return false;
        }
    }
}
