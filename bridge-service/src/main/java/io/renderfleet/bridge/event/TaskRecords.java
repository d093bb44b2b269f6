package io.renderfleet.bridge.event;

import static io.renderfleet.bridge.broker.RecordSender.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.bridge.broker.RecordSender;
import io.renderfleet.bridge.broker.RecordSender.NotSentException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Tells observers, by records of a topic, which tasks an accepted event has: one record for each of its traffic groups that
 * has a {@code groupId}. An event that is submitted again is told again.
 *
 * <p>Thread-safe.
 */
final class TaskRecords {
    private final @Nullable String topic;
    private final RecordSender sender;

    /** @param topic null to tell nobody */
    TaskRecords(@Nullable String topic, RecordSender sender) {
        this.topic = topic;
        this.sender = sender;
    }

    /** @throws NotSentException when the records must be sent again */
    void send(String jobId, JsonNode event) throws NotSentException, InterruptedException {
        if (topic == null) {
            return;
        }
        String camera = event.path("cameraId").asText();
        for (JsonNode group : event.path("trafficGroups")) {
            String task = group.path("groupId").asText();
            if (!task.isEmpty()) {
                ObjectNode told = JsonNodeFactory.instance.objectNode();
                told.put("jobId", jobId);
                told.put("taskId", task);
                told.put("cameraId", camera);
                told.set("timestamp", event.path("timestamp"));
                sender.send(new ProducerRecord<>(topic, bytes(camera), bytes(told.toString())));
            }
        }
    }
}
