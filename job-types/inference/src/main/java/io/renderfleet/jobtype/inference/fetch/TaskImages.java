package io.renderfleet.jobtype.inference.fetch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.image.ImageType;
import io.renderfleet.jobtype.inference.image.ImageUrl;
import io.renderfleet.jobtype.inference.image.InputStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Replaces the images of a task by data URIs, so that the provider of the model fetches nothing: it could be used to reach
 * hosts for others, and does not reach the hosts of this deployment.
 *
 * <p>Thread-safe.
 */
public final class TaskImages {
    private static final Logger log = LoggerFactory.getLogger(TaskImages.class);
    private static final int CHUNK = 64 * 1024;

    private final ImageRules rules;
    private final InputStore store;
    private final HttpsImages https;
    private final ImageMemory memory;
    private final InstantSource clock;

    public TaskImages(ImageRules rules, InputStore store, HttpsImages https, ImageMemory memory, InstantSource clock) {
        this.rules = rules;
        this.store = store;
        this.https = https;
        this.memory = memory;
        this.clock = clock;
    }

    /**
     * A task whose images are data URIs. Its images take memory until it is closed.
     *
     * @param task with the messages for the model
     * @param release gives the memory back
     */
    public record Loaded(Task task, Runnable release) implements AutoCloseable {
        @Override
        public void close() {
            release.run();
        }
    }

    /** There is no memory for more bytes at the moment. */
    private static final class NoMemoryException extends RuntimeException {}

    /**
     * Loads the images of a task, one after another. Images that are data URIs already stay as they are.
     *
     * @param deadline when the task ends
     * @throws ImageException if an image cannot be used
     * @throws InterruptedException if the thread was interrupted
     */
    public Loaded load(Task task, Instant deadline) throws ImageException, InterruptedException {
        JsonNode messages = task.messages().deepCopy();
        List<ObjectNode> images = remote(messages);
        if (images.isEmpty()) {
            return new Loaded(task, () -> {});
        }
        ImageMemory.Share share = memory.open();
        boolean loaded = false;
        try {
            List<String> urls;
            try {
                urls = fetchAll(images, share, deadline);
            } catch (NoMemoryException e) {
                if (!share.takeAll(left(deadline))) {
                    throw ImageException.unavailable(
                            "The worker had no memory for the images of the task before the deadline of the job.");
                }
                urls = fetchAll(images, share, deadline);
                share.trim();
            }
            for (int i = 0; i < urls.size(); i++) {
                images.get(i).put("url", urls.get(i));
            }
            loaded = true;
            return new Loaded(
                    new Task(task.taskId(), messages, task.responseSchema(), task.maxTokens(), task.temperature()),
                    share::close);
        } finally {
            if (!loaded) {
                share.close();
            }
        }
    }

    private Duration left(Instant deadline) {
        return Duration.between(clock.instant(), deadline);
    }

    private static List<ObjectNode> remote(JsonNode messages) {
        List<ObjectNode> images = new ArrayList<>();
        messages.forEach(message -> message.path("content").forEach(part -> {
            if (part.path("image_url") instanceof ObjectNode image
                    && !image.path("url").asText().startsWith("data:")) {
                images.add(image);
            }
        }));
        return images;
    }

    private List<String> fetchAll(List<ObjectNode> images, ImageMemory.Share share, Instant deadline)
            throws ImageException, InterruptedException {
        List<String> urls = new ArrayList<>();
        long[] total = {0};
        for (ObjectNode image : images) {
            byte[] bytes = fetch(image.path("url").asText(), share, deadline, total);
            ImageType type = ImageType.of(bytes).orElseThrow(() -> ImageException.notAnImage("What was fetched"));
            urls.add("data:" + type.mediaType() + ";base64,"
                    + Base64.getEncoder().encodeToString(bytes));
        }
        return urls;
    }

    private byte[] fetch(String url, ImageMemory.Share share, Instant deadline, long[] total)
            throws ImageException, InterruptedException {
        try {
            return switch (ImageUrl.parse(url).orElse(null)) {
                case ImageUrl.Stored stored -> stored(stored, share, total);
                case ImageUrl.Https address -> {
                    if (!rules.isAllowed(address.host())) {
                        throw ImageException.notAllowed(address.host());
                    }
                    yield https.fetch(
                            address.uri(),
                            left(deadline),
                            (content, declared) -> read(content, declared, share, total));
                }
                case null, default -> throw ImageException.unavailable("This worker cannot fetch the image.");
            };
        } catch (ImageException | RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while an image was fetched");
            }
            throw e;
        }
    }

    private byte[] stored(ImageUrl.Stored image, ImageMemory.Share share, long[] total) throws ImageException {
        InputStore.Content content;
        try {
            content = store.open(image.digest())
                    .orElseThrow(() -> ImageException.unavailable("The image is no longer stored: inputs are kept for "
                            + InputStore.KEPT.toDays() + " days."));
        } catch (SdkException e) {
            log.warn("The stored image {} could not be read: {}", image.digest(), e.toString());
            throw ImageException.unavailable("The stored image could not be read.");
        }
        try (InputStream stream = content.stream()) {
            return read(stream, content.bytes(), share, total);
        } catch (IOException e) {
            log.warn("The stored image {} could not be read: {}", image.digest(), e.toString());
            throw ImageException.unavailable("The stored image could not be read.");
        }
    }

    /** @param total the bytes of the images of the task so far */
    private byte[] read(InputStream content, long declaredBytes, ImageMemory.Share share, long[] total)
            throws IOException, ImageException {
        if (total[0] + declaredBytes > memory.maxBytes()) {
            throw ImageException.tooLarge(memory.maxBytes());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK];
        for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
            total[0] += read;
            if (total[0] > memory.maxBytes()) {
                throw ImageException.tooLarge(memory.maxBytes());
            }
            if (!share.take(read)) {
                throw new NoMemoryException();
            }
            bytes.write(chunk, 0, read);
        }
        return bytes.toByteArray();
    }
}
