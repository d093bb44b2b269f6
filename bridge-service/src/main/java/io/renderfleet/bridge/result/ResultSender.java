package io.renderfleet.bridge.result;

import static io.renderfleet.bridge.broker.RecordSender.bytes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.bridge.broker.RecordSender;
import io.renderfleet.bridge.broker.RecordSender.NotSentException;
import io.renderfleet.client.ClientException;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.JobStatus;
import java.net.URI;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends completion events as records: the JSON of the event with the result of the job, with the camera as the key, or the
 * job's id if the job has no camera. A result that is too large is replaced by {@code resultUrl}, a link to it at the API.
 *
 * <p>Thread-safe.
 */
final class ResultSender {
    /** Identifies the event: copies of an event have the same value. */
    static final String EVENT_ID = "event-id";

    /** How often the result is asked for before the event is sent with a link to it; the queue allows one more receipt. */
    private static final int MAX_TRIES = 4;

    private static final String RESULT = "result";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Logger log = LoggerFactory.getLogger(ResultSender.class);

    private final String topic;
    private final URI api;
    private final ResultReader results;
    private final RecordSender sender;

    ResultSender(String topic, URI api, ResultReader results, RecordSender sender) {
        this.topic = topic;
        this.api = api;
        this.results = results;
        this.sender = sender;
    }

    /**
     * Sends an event, and returns when the brokers have stored its record.
     *
     * @param json the event as it was received
     * @param tries how often the event was received, including this time
     * @throws NotSentException when the event must be sent again
     * @throws ClientException when the result could not be read, and must be read again
     */
    void send(CompletionEvent event, String json, int tries) throws NotSentException, InterruptedException {
        ObjectNode value = tree(json);
        if (event.status() == JobStatus.COMPLETED && event.result() == null) {
            Optional<JsonNode> result = result(event, tries);
            if (result.isPresent()) {
                value.set(RESULT, result.get());
            } else {
                link(event, value);
            }
        }
        try {
            sender.send(toSend(event, value));
        } catch (NotSentException e) {
            if (!e.isTooLarge() || !value.has(RESULT)) {
                throw e;
            }
            link(event, value);
            sender.send(toSend(event, value));
        }
    }

    private Optional<JsonNode> result(CompletionEvent event, int tries) throws InterruptedException {
        try {
            return results.read(event.jobId().toString());
        } catch (ClientException e) {
            if (tries < MAX_TRIES) {
                throw e;
            }
            log.warn("Sending the event of job {} with a link to its result: {}", event.jobId(), e.getMessage());
            return Optional.empty();
        }
    }

    private void link(CompletionEvent event, ObjectNode value) {
        value.remove(RESULT);
        String address = api.toString().replaceFirst("/$", "");
        value.put("resultUrl", address + "/jobs/" + event.jobId() + "/result");
    }

    private ProducerRecord<byte[], byte[]> toSend(CompletionEvent event, ObjectNode value) {
        String key = event.source().getOrDefault("cameraId", event.jobId().toString());
        var sent = new ProducerRecord<>(topic, bytes(key), bytes(value.toString()));
        sent.headers().add(EVENT_ID, bytes(event.eventId()));
        return sent;
    }

    private static ObjectNode tree(String json) {
        try {
            return (ObjectNode) MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The JSON of an event that was read can be read again.", e);
        }
    }
}
