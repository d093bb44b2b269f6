package io.renderfleet.jobtype.inference.batch;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.batch.BatchInput.LineId;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.input.MessageRules;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.upload.UploadedFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Accepts batches. The files of a batch are stored first, then its item, by one conditional write, and then its id among
 * those that are not over. If the API is killed in between, the client has no response and sends the request again; with
 * the same idempotency key it gets the batch that is stored, if there is one. No job is submitted here.
 *
 * <p>Thread-safe.
 */
final class BatchIntake {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final InferenceSettings settings;
    private final MessageRules messages;
    private final InputReferences images;
    private final BatchStore store;
    private final BatchFiles files;

    BatchIntake(
            InferenceSettings settings,
            MessageRules messages,
            InputReferences images,
            BatchStore store,
            BatchFiles files) {
        this.settings = settings;
        this.messages = messages;
        this.images = images;
        this.store = store;
        this.files = files;
    }

    /**
     * A batch that is stored.
     *
     * @param replayed whether an earlier request stored it
     */
    record Accepted(Batch batch, boolean replayed) {}

    /**
     * Stores a batch.
     *
     * @param file JSON Lines
     * @param key the idempotency key; null for a batch of its own
     * @throws ProblemException if the file or one of its lines is not valid, or there are too many batches
     */
    Accepted accept(UserId user, Priority priority, @Nullable String key, Path file) throws IOException {
        BatchInput input = new BatchInput(file, new LineRules(settings, messages));
        String digest = input.digest();
        BatchId id = key == null ? BatchId.random() : BatchId.derivedFrom(user, key);
        Optional<Batch> earlier = key == null ? Optional.empty() : store.find(id);
        if (earlier.isPresent()) {
            return replayed(earlier.get(), priority, digest);
        }
        List<LineId> lines = input.check();
        if (store.open().size() >= settings.batches().open()) {
            throw ProblemException.unavailable(
                    ProblemType.BUSY,
                    "There are " + settings.batches().open() + " batches in progress, which is the limit for all users."
                            + " Send the batch again after the time in the Retry-After header.",
                    RETRY_AFTER,
                    null);
        }
        String folder = UUID.randomUUID().toString();
        List<Integer> sizes = store(id, user, folder, input, lines);
        Batch batch = store.create(Batch.accepted(id, user, priority, digest, folder, store.now(), sizes));
        if (!batch.files().equals(folder)) {
            return replayed(batch, priority, digest);
        }
        store.open(id);
        return new Accepted(batch, false);
    }

    private Accepted replayed(Batch batch, Priority priority, String digest) {
        if (!batch.digest().equals(digest) || batch.priority() != priority) {
            throw ProblemException.of(
                    ProblemType.IDEMPOTENCY_CONFLICT,
                    "Batch " + batch.id() + " was already submitted with a different file or priority. Use a new"
                            + " Idempotency-Key for a new batch, or repeat the first request unchanged.");
        }
        if (batch.endedAt() == null) {
            // The API may have been killed after it had stored the batch.
            store.open(batch.id());
        }
        return new Accepted(batch, true);
    }

    /** Stores the files of a batch, and returns the sizes of its jobs. */
    private List<Integer> store(BatchId id, UserId user, String folder, BatchInput input, List<LineId> lines)
            throws IOException {
        Path jobs = UploadedFile.temporary();
        Path ids = UploadedFile.temporary();
        try {
            JobPacker packer;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(jobs))) {
                packer = new JobPacker(id, out);
                input.pack(user, images, packer);
            }
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(ids))) {
                for (LineId line : lines) {
                    String entry = JSON.writeValueAsString(
                            List.of(line.number(), packer.jobOf(line.number()), line.customId()));
                    out.write((entry + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            files.put(id, folder, BatchFiles.Kind.JOBS, jobs);
            files.put(id, folder, BatchFiles.Kind.LINES, ids);
            return packer.sizes();
        } finally {
            Files.deleteIfExists(jobs);
            Files.deleteIfExists(ids);
        }
    }
}
