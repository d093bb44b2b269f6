package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.blob.TransferLimit;
import io.renderfleet.blob.UploadStream;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The files of batches in the home region's bucket of designs, below {@code batches/<batch>/}: what was accepted
 * ({@link Kind#JOBS} and {@link Kind#LINES}, in a folder of their own for each upload), and what came out
 * ({@link Kind#OUTPUT} and {@link Kind#ERRORS}, in a folder of their own for each try). No file is written twice. The
 * bucket deletes them after {@link BatchStore#KEPT}.
 *
 * <p>Thread-safe. Errors of S3 are thrown as exceptions of the SDK, after its retries.
 */
final class BatchFiles {
    private static final String TYPE = "application/jsonl";

    private final RegionClients clients;
    private final RegionId region;
    private final String bucket;

    BatchFiles(RegionClients clients, RegionId region, String bucket) {
        this.clients = clients;
        this.region = region;
        this.bucket = bucket;
    }

    /** The files of a batch, each of which is JSON Lines. */
    enum Kind {
        /** The payload of each job. */
        JOBS("jobs.jsonl"),
        /** For each line of the batch its number, the number of its job, and its custom id. */
        LINES("lines.jsonl"),
        /** The answer to each line that has one. */
        OUTPUT("output.jsonl"),
        /** The error of each other line. */
        ERRORS("errors.jsonl");

        private final String name;

        Kind(String name) {
            this.name = name;
        }
    }

    private S3Client s3() {
        return clients.s3(region);
    }

    private static String key(BatchId batch, String folder, Kind kind) {
        return "batches/" + batch + "/" + folder + "/" + kind.name;
    }

    void put(BatchId batch, String folder, Kind kind, Path file) throws IOException {
        long bytes = Files.size(file);
        s3().putObject(
                        request -> request.bucket(bucket)
                                .key(key(batch, folder, kind))
                                .contentType(TYPE)
                                .overrideConfiguration(TransferLimit.ofUpload(bytes)),
                        RequestBody.fromFile(file));
    }

    /** Opens a file at a position before its end. The caller aborts the stream if it does not read all of it. */
    ResponseInputStream<GetObjectResponse> open(BatchId batch, String folder, Kind kind, long position) {
        return s3().getObject(request ->
                request.bucket(bucket).key(key(batch, folder, kind)).range("bytes=" + position + "-"));
    }

    /** Uploads a file while it is written. */
    UploadStream create(BatchId batch, String folder, Kind kind) {
        return UploadStream.to(s3(), region, bucket, key(batch, folder, kind), TYPE);
    }

    /** A link, with which anyone can download the file for a while. A browser saves it and never shows it. */
    URI link(BatchId batch, String folder, Kind kind, Duration lifetime) {
        var presigned = clients.presigner(region)
                .presignGetObject(request -> request.signatureDuration(lifetime)
                        .getObjectRequest(get -> get.bucket(bucket)
                                .key(key(batch, folder, kind))
                                .responseContentType("application/octet-stream")
                                .responseContentDisposition(
                                        "attachment; filename=\"" + batch + "-" + kind.name + "\"")));
        try {
            return presigned.url().toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The presigned URL is not a valid URI.", e);
        }
    }
}
