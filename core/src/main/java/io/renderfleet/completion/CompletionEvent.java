package io.renderfleet.completion;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.UserId;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A job has ended. The event is sent at least once for each end of a job; a job that is retried ends again, and has an
 * event with another id.
 *
 * @param version of the JSON form; raised when a reader of the previous version would misunderstand the event
 * @param eventId the same for each copy of the event: the id of the job and the time of its end
 * @param sinks the sinks that the job wants to be told
 * @param status COMPLETED, FAILED or CANCELLED
 * @param attempts the number of attempts that have started
 * @param source where the job comes from, such as its camera; empty when it was submitted without a source
 * @param result the result, if it is JSON of at most {@value #MAX_RESULT_BYTES} bytes; null otherwise, also when the
 *     service that sent the event did not have it at hand. {@code GET /jobs/{id}/result} always has it.
 * @param error null unless FAILED
 */
public record CompletionEvent(
        int version,
        String eventId,
        Set<String> sinks,
        JobId jobId,
        UserId userId,
        JobTypeName type,
        JobStatus status,
        Instant createdAt,
        Instant finishedAt,
        int attempts,
        Map<String, String> source,
        @Nullable JsonNode result,
        @Nullable JobError error) {
    /** The version that is written, and the newest one that can be read. */
    public static final int VERSION = 1;

    /** The most bytes of a result that is part of the event. */
    public static final int MAX_RESULT_BYTES = 32 * 1024;

    /** Deeper results are left out of the event, so that every reader of JSON can read it. */
    private static final int MAX_DEPTH = 100;

    /** The media type of a result that can be part of the event. */
    private static final String JSON = "application/json";

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH + 2)
                            .build())
                    .build())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    public CompletionEvent {
        if (version < 1 || version > VERSION) {
            throw new IllegalArgumentException("The event has version " + version
                    + ", and this service understands versions up to " + VERSION + ".");
        }
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(jobId, "jobId");
        Objects.requireNonNull(userId, "userId");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(finishedAt, "finishedAt");
        sinks = Set.copyOf(sinks);
        source = Map.copyOf(source);
    }

    /** Whether a result of this type and size can be part of the event. */
    public static boolean hasRoomFor(String contentType, long bytes) {
        return bytes <= MAX_RESULT_BYTES && (contentType.equals(JSON) || contentType.startsWith(JSON + ";"));
    }

    /**
     * The event of the end of a job.
     *
     * @param job as it was stored when it ended
     * @param result the result's text; null when it is not at hand. A text that is not JSON, or is nested too deeply,
     *     is left out.
     */
    public static CompletionEvent of(Job job, @Nullable String result) {
        Instant finishedAt = Objects.requireNonNull(job.finishedAt(), "A job that has ended has a finish time.");
        return new CompletionEvent(
                VERSION,
                id(job.id(), finishedAt),
                new TreeSet<>(job.completion().sinks()),
                job.id(),
                job.userId(),
                job.type(),
                job.status(),
                job.createdAt(),
                finishedAt,
                job.attempt(),
                job.completion().source(),
                result == null ? null : parsed(result),
                job.error());
    }

    /** The id of the event of an end of a job. */
    public static String id(JobId job, Instant finishedAt) {
        return job + "-" + finishedAt.toEpochMilli();
    }

    private static @Nullable JsonNode parsed(String result) {
        try {
            JsonNode tree = MAPPER.readTree(result);
            return tree.isMissingNode() || depth(tree, MAX_DEPTH) > MAX_DEPTH ? null : tree;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** The depth of nesting, as far as a limit. */
    private static int depth(JsonNode tree, int limit) {
        int deepest = 0;
        for (JsonNode child : tree) {
            deepest = Math.max(deepest, limit == 0 ? 1 : depth(child, limit - 1));
        }
        return tree.isContainerNode() ? deepest + 1 : 0;
    }

    /** The JSON form. */
    public String toJson() {
        try {
            return MAPPER.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A completion event can be written as JSON.", e);
        }
    }

    /** Reads the JSON form; empty when the text is not the JSON of an event that this version understands. */
    public static Optional<CompletionEvent> of(String json) {
        try {
            return Optional.ofNullable(MAPPER.readValue(json, CompletionEvent.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
