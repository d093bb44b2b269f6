package io.renderfleet.bridge.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.client.Job;
import io.renderfleet.client.ProblemException;
import io.renderfleet.client.RenderfleetClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads the results of jobs from the API.
 *
 * <p>Thread-safe.
 */
final class ResultReader {
    /** The largest result that is part of a record; with the event it is below Kafka's default limit of 1 MB. */
    private static final long MAX_BYTES = 900_000;

    private static final int NOT_FOUND = 404;
    private static final String JSON = "application/json";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final RenderfleetClient api;

    ResultReader(RenderfleetClient api) {
        this.api = api;
    }

    /**
     * The result of a job; empty when it is too large for a record, is not JSON, or does not exist any more.
     *
     * @throws io.renderfleet.client.ClientException when the API does not answer
     */
    Optional<JsonNode> read(String jobId) throws InterruptedException {
        try {
            Job.Result result = api.job(jobId).result();
            return result == null
                            || result.bytes() > MAX_BYTES
                            || !result.contentType().startsWith(JSON)
                    ? Optional.empty()
                    : download(jobId);
        } catch (ProblemException e) {
            if (e.status() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<JsonNode> download(String jobId) throws InterruptedException {
        try {
            Path file = Files.createTempFile("result-", ".json");
            try {
                api.download(jobId, file);
                // Checked again: the job may have been retried since, with a larger result.
                return Files.size(file) > MAX_BYTES ? Optional.empty() : Optional.of(MAPPER.readTree(file.toFile()));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("The result of job " + jobId + " could not be kept in a temporary file.", e);
        }
    }
}
