package io.renderfleet.job;

import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a listing that its caller wants. A component that is null allows any value.
 *
 * @param labels all of them must be there
 * @param region the region that the job was last sent to
 * @param createdBefore exclusive
 */
public record JobFilter(
        @Nullable JobStatus status,
        @Nullable String subject,
        List<Label> labels,
        @Nullable UUID batchId,
        @Nullable JobTypeName type,
        @Nullable RegionId region,
        @Nullable Instant createdBefore) {
    /** A filter that every job passes. */
    public static final JobFilter ALL = ofStatus(null);

    public JobFilter {
        labels = List.copyOf(labels);
    }

    /**
     * A label.
     *
     * @param value null for any value
     */
    public record Label(String key, @Nullable String value) {
        boolean isOf(Job job) {
            String found = job.tags().labels().get(key);
            return found != null && (value == null || value.equals(found));
        }
    }

    /** A filter by status only. */
    public static JobFilter ofStatus(@Nullable JobStatus status) {
        return new JobFilter(status, null, List.of(), null, null, null, null);
    }

    /** This filter, for jobs that were created before a time. */
    public JobFilter olderThan(@Nullable Instant time) {
        return new JobFilter(status, subject, labels, batchId, type, region, time);
    }

    /** Whether every job passes. */
    public boolean isAll() {
        return equals(ALL);
    }

    /** Whether the job passes. */
    public boolean matches(Job job) {
        return (status == null || status == job.status())
                && (subject == null || subject.equals(job.tags().subject()))
                && (batchId == null || batchId.equals(job.tags().batchId()))
                && (type == null || type.equals(job.type()))
                && (region == null || region.equals(job.region()))
                && (createdBefore == null || job.createdAt().isBefore(createdBefore))
                && labels.stream().allMatch(label -> label.isOf(job));
    }
}
