package io.renderfleet.job;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What users find a job by. It is stored with the job and never changes. Workers do not use it.
 *
 * @param name what the user calls the job: 1 to {@value #MAX_NAME} printable characters; null without a name
 * @param labels at most {@value #MAX_LABELS} entries. Keys have 1 to 32 characters of A-Z, a-z, 0-9, dot, hyphen and
 *     underscore, values 1 to {@value #MAX_VALUE} printable characters. Together they have at most
 *     {@value #MAX_LABEL_BYTES} bytes as UTF-8, because they are part of the item that each change of the job writes
 * @param subject what the job is about, such as the id of a design: 1 to {@value #MAX_NAME} printable characters. The job
 *     type says which field of its requests it is; null for a type without one
 * @param batchId the batch with which the job was submitted; null for a job that was submitted alone
 */
public record JobTags(
        @Nullable String name,
        Map<String, String> labels,
        @Nullable String subject,
        @Nullable UUID batchId) {
    public static final int MAX_NAME = 128;
    public static final int MAX_LABELS = 20;
    public static final int MAX_VALUE = 64;
    public static final int MAX_LABEL_BYTES = 1024;

    /** The tags of a job that has none. */
    public static final JobTags NONE = new JobTags(null, Map.of(), null, null);

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,32}");

    /** @throws IllegalArgumentException when a value is outside its range */
    public JobTags {
        labels = Map.copyOf(labels);
        name = name == null ? null : name(name);
        subject = subject == null ? null : name(subject);
        if (labels.size() > MAX_LABELS
                || bytes(labels) > MAX_LABEL_BYTES
                || !labels.keySet().stream().allMatch(JobTags::isKey)
                || !labels.values().stream().allMatch(JobTags::isValue)) {
            throw new IllegalArgumentException("The labels of a job are not valid.");
        }
    }

    /**
     * The text, if it can be the name or the subject of a job.
     *
     * @throws IllegalArgumentException when it does not have 1 to {@value #MAX_NAME} printable characters
     */
    public static String name(String text) {
        if (!Printable.is(text, MAX_NAME)) {
            throw new IllegalArgumentException(
                    "The name or the subject of a job has 1 to " + MAX_NAME + " printable characters.");
        }
        return text;
    }

    /** Whether a text can be the key of a label. */
    public static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    /** Whether a text can be the value of a label. */
    public static boolean isValue(String text) {
        return Printable.is(text, MAX_VALUE);
    }

    /** The length of the keys and values as UTF-8, in bytes. */
    public static int bytes(Map<String, String> labels) {
        return labels.entrySet().stream()
                .mapToInt(label -> (label.getKey() + label.getValue()).getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    /** These tags, for a job of a batch. */
    public JobTags inBatch(UUID id) {
        return new JobTags(name, labels, subject, id);
    }
}
