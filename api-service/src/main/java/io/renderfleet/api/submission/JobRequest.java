package io.renderfleet.api.submission;

import io.renderfleet.jobtype.Required;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of any job, beside what the job's type asks for. A field that the client left out, or that could not
 * be read, is null; what one field alone must satisfy is written beside it, the rest is in {@link EnvelopeRules}.
 */
@Schema(name = "JobRequest", description = "The fields of every job. Unknown fields are refused.")
record JobRequest(
        @Schema(
                description =
                        "One of the job types of this deployment. May be left out when one of them is the default.")
        @Nullable
        String type,

        @Schema(
                format = "uuid",
                description = "The client's own id for the job: the same body sent again is the same job. "
                        + "Not together with the Idempotency-Key header.")
        @Nullable
        String jobId,

        @Schema(
                example = "user-1",
                description = "1 to 128 printable characters.",
                minLength = 1,
                maxLength = 128,
                requiredMode = RequiredMode.REQUIRED)
        @Required
        @Nullable
        String userId,

        @Schema(
                allowableValues = {"HIGH", "NORMAL", "LOW"},
                defaultValue = "NORMAL")
        @Pattern(regexp = "HIGH|NORMAL|LOW", message = "must be HIGH, NORMAL or LOW")
        @Nullable
        String priority,

        @Schema(
                description = "Jobs with the same key run one after another, in the order they were accepted.",
                minLength = 1,
                maxLength = 128)
        @Nullable
        String orderingKey,

        @Schema(description = "Where the job may run: some of the configured regions. All of them when left out.")
        @Size(min = 1, message = "must name at least one region; leave it out for all")
        @Nullable
        List<@Nullable String> regions,

        @Schema(description = "ISO-8601 duration after which a job that has not started fails.", example = "PT10M")
        @Nullable
        String startWithin,

        @Schema(description = "ISO-8601 duration that one attempt may take, up to PT11H.", defaultValue = "PT30M")
        @Nullable
        String timeout,

        @Schema(defaultValue = "5")
        @Min(value = 1, message = "must be from 1 to 10")
        @Max(value = 10, message = "must be from 1 to 10")
        @Nullable
        Integer maxAttempts) {

    /** The names of its fields, which no job type may have. */
    static final Set<String> FIELDS = Arrays.stream(JobRequest.class.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toUnmodifiableSet());

    /** The same request under any id: a repeat of it is the same job. */
    JobRequest withoutId() {
        return new JobRequest(type, null, userId, priority, orderingKey, regions, startWithin, timeout, maxAttempts);
    }
}
