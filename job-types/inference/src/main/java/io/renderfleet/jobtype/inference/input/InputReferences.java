package io.renderfleet.jobtype.inference.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.identity.Library;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.image.ImageType;
import io.renderfleet.jobtype.inference.image.ImageUrl;
import io.renderfleet.jobtype.inference.image.InputName;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import software.amazon.awssdk.core.exception.AbortedException;

/**
 * Replaces the images of validated tasks by what a payload has: names of uploaded images by their digests, and images in
 * data URIs by the digests of copies in the store, unless they are small. A payload has at most 64 KB, and writing it
 * costs by its size.
 *
 * <p>Thread-safe.
 */
public final class InputReferences {
    /** The longest data URI that stays in a payload: as long as what it costs to write it costs less than a copy. */
    private static final int MAX_INLINE = 4 * 1024;

    /** Less than the number of connections of an S3 client. */
    private static final int CONCURRENT_CALLS = 32;

    private final InputStore store;
    private final Semaphore turns = new Semaphore(CONCURRENT_CALLS, true);

    public InputReferences(InputStore store) {
        this.store = store;
    }

    /**
     * The tasks with images as a payload has them. Makes a call to S3 for each image that is replaced, or two for one that
     * is shared.
     *
     * @param owner the user of the job, whose images are taken before shared ones with the same name
     * @throws ProblemException if a name does not exist
     */
    public List<Task> resolve(UserId owner, List<Task> tasks) {
        Map<String, ImageUrl> images = new HashMap<>();
        tasks.forEach(task -> urls(task.messages()).forEach(image -> {
            String url = image.path("url").asText();
            ImageUrl.parse(url).filter(parsed -> isReplaced(parsed, url)).ifPresent(parsed -> images.put(url, parsed));
        }));
        if (images.isEmpty()) {
            return tasks;
        }
        Map<String, String> replacements = replacements(Library.of(owner), images);
        return tasks.stream()
                .map(task -> new Task(
                        task.taskId(),
                        replaced(task.messages(), replacements),
                        task.responseSchema(),
                        task.maxTokens(),
                        task.temperature()))
                .toList();
    }

    /**
     * Writes the payload of a job.
     *
     * @throws ProblemException {@code body-too-large} if it is too large to be stored
     */
    public static JobPayload write(InferencePayload payload) {
        try {
            return InferencePayload.FORMAT.write(payload);
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(
                    ProblemType.BODY_TOO_LARGE,
                    "The job is too large: its messages and schemas take more than " + JobPayload.MAX_BYTES / 1024
                            + " KB. Send fewer tasks or shorter texts, and upload images with PUT /inputs/{name}.");
        }
    }

    private static boolean isReplaced(ImageUrl image, String url) {
        return image instanceof ImageUrl.Named || (image instanceof ImageUrl.Data && url.length() > MAX_INLINE);
    }

    private Map<String, String> replacements(Library library, Map<String, ImageUrl> images) {
        Map<String, Future<String>> calls = new HashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            images.forEach((url, image) -> calls.put(url, threads.submit(() -> stored(library, image))));
            Map<String, String> replacements = new HashMap<>();
            for (Map.Entry<String, Future<String>> call : calls.entrySet()) {
                replacements.put(call.getKey(), call.getValue().get());
            }
            return replacements;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AbortedException.create("interrupted while the images of a job were looked up", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("an image could not be looked up", e);
            }
        }
    }

    private String stored(Library library, ImageUrl image) throws InterruptedException {
        turns.acquire();
        try {
            return new ImageUrl.Stored(
                            switch (image) {
                                case ImageUrl.Named(InputName name) -> digest(library, name);
                                case ImageUrl.Data data -> copy(data);
                                default -> throw new IllegalArgumentException("is not replaced: " + image);
                            })
                    .text();
        } finally {
            turns.release();
        }
    }

    private String digest(Library library, InputName name) {
        return store.find(library, name)
                .or(() -> store.find(Library.SHARED, name))
                .map(InputStore.Input::digest)
                .orElseThrow(() -> ProblemException.of(
                        InputProblems.NOT_FOUND,
                        "There is no input " + name + ". Upload it with PUT /inputs/" + name
                                + ", then send the request again. Inputs are kept for "
                                + InputStore.KEPT.toDays() + " days."));
    }

    private String copy(ImageUrl.Data data) {
        byte[] image = data.bytes().orElseThrow();
        return store.store(image, ImageType.of(image).orElseThrow());
    }

    private static JsonNode replaced(JsonNode messages, Map<String, String> replacements) {
        JsonNode copy = messages.deepCopy();
        urls(copy).forEach(image -> {
            String replacement = replacements.get(image.path("url").asText());
            if (replacement != null) {
                image.put("url", replacement);
            }
        });
        return copy;
    }

    /** The objects in messages that have the URL of an image. */
    private static List<ObjectNode> urls(JsonNode messages) {
        List<ObjectNode> images = new ArrayList<>();
        messages.forEach(message -> message.path("content").forEach(part -> {
            if (part.path("image_url") instanceof ObjectNode image) {
                images.add(image);
            }
        }));
        return images;
    }
}
