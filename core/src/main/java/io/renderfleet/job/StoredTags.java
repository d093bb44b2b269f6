package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromB;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The tags of a job in its item. They are written at submission only. */
final class StoredTags {
    static final String NAME = "name";
    /** A map by key; absent when there are no labels. */
    static final String LABELS = "labels";

    /** The 16 bytes of a UUID. */
    static final String BATCH = "batch";

    private StoredTags() {}

    static void addTo(Map<String, AttributeValue> item, JobTags tags) {
        if (tags.name() != null) {
            item.put(NAME, fromS(tags.name()));
        }
        if (!tags.labels().isEmpty()) {
            Map<String, AttributeValue> labels = new HashMap<>();
            tags.labels().forEach((key, value) -> labels.put(key, fromS(value)));
            item.put(LABELS, fromM(labels));
        }
        if (tags.subject() != null) {
            item.put(JobTable.SUBJECT, fromS(tags.subject()));
        }
        if (tags.batchId() != null) {
            item.put(
                    BATCH,
                    fromB(SdkBytes.fromByteArrayUnsafe(ByteBuffer.allocate(2 * Long.BYTES)
                            .putLong(tags.batchId().getMostSignificantBits())
                            .putLong(tags.batchId().getLeastSignificantBits())
                            .array())));
        }
    }

    static JobTags in(Map<String, AttributeValue> item) {
        Map<String, String> labels = new HashMap<>();
        AttributeValue stored = item.get(LABELS);
        if (stored != null) {
            stored.m().forEach((key, value) -> labels.put(key, value.s()));
        }
        return new JobTags(
                JobItem.optional(item, NAME, AttributeValue::s),
                labels,
                JobItem.optional(item, JobTable.SUBJECT, AttributeValue::s),
                JobItem.optional(item, BATCH, StoredTags::uuid));
    }

    private static UUID uuid(AttributeValue value) {
        ByteBuffer bytes = value.b().asByteBuffer();
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
