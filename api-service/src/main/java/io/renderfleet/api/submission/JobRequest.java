package io.renderfleet.api.submission;

import io.renderfleet.job.JobTags;
import io.renderfleet.job.UserId;
import io.renderfleet.webhook.WebhookUrl;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request that every job has, whatever its type. A field is null when the client left it out or it
 * could not be read. Rules on single fields are annotations here; the other rules are in {@link EnvelopeRules}.
 */
@Schema(name = "JobRequest", description = "The fields that every job has. Unknown fields are refused.")
record JobRequest(
        // The discriminator of the schemas of job types, which must be required.
        @Schema(
                requiredMode = Schema.RequiredMode.REQUIRED,
                description = "The job type, one of those of this deployment. A request without it is accepted too if"
                        + " the deployment has a default type.")
        @Nullable
        String type,

        @Schema(
                format = "uuid",
                description =
                        "An id for the job that the client chose: a UUID of version 4 or 7. Sending the same request"
                                + " with the same id again does not submit another job. Must not be combined with the Idempotency-Key header.")
        @Nullable
        String jobId,

        @Schema(
                example = "user-1",
                description =
                        "The owner of the job: 1 to 128 printable characters. By default the subject of the token; only"
                                + " operators can name another user. Required if the service does not authenticate its"
                                + " callers.",
                minLength = 1,
                maxLength = 128)
        @Nullable
        String userId,

        @Schema(
                allowableValues = {"HIGH", "NORMAL", "LOW"},
                defaultValue = "NORMAL")
        @Pattern(regexp = "HIGH|NORMAL|LOW", message = "must be HIGH, NORMAL or LOW")
        @Nullable
        String priority,

        @Schema(
                description =
                        "Jobs of one user with the same key run one after another, in the order in which they were"
                                + " accepted.",
                minLength = 1,
                maxLength = 128)
        @Nullable
        String orderingKey,

        @Schema(
                description =
                        "The regions in which the job may run, out of the configured ones. If left out, all of them.")
        @Size(min = 1, message = "must have at least one region; leave it out to allow all regions")
        @Nullable
        List<@Nullable String> regions,

        @Schema(
                description = "An ISO-8601 duration in whole seconds, up to P30D. A job that has not started within it"
                        + " fails.",
                example = "PT10M")
        @Nullable
        String startWithin,

        @Schema(
                description = "An ISO-8601 duration in whole seconds, up to PT11H: the time limit for one attempt.",
                defaultValue = "PT30M")
        @Nullable
        String timeout,

        @Schema(defaultValue = "5")
        @Min(value = 1, message = "must be from 1 to 10")
        @Max(value = 10, message = "must be from 1 to 10")
        @Nullable
        Integer maxAttempts,

        @Schema(
                format = "uri",
                maxLength = WebhookUrl.MAX_LENGTH,
                example = "https://example.com/renderfleet",
                description = "A signed request is sent there when the job has ended, instead of to the URL of your"
                        + " webhook. An https URL of a host with a public address, on port 443, without a user and a"
                        + " fragment. PUT /webhook makes the secret that signs it.")
        @Nullable
        String callbackUrl,

        @Schema(
                description =
                        "What you call the job: 1 to 128 printable characters. Part of the file name of its result.",
                minLength = 1,
                maxLength = JobTags.MAX_NAME)
        @Nullable
        String name,

        @Schema(
                description =
                        "Up to 20 labels, by which jobs can be listed. Keys have 1 to 32 characters of A-Z, a-z, 0-9,"
                                + " dot, hyphen and underscore, values 1 to 64 printable characters, all together at most 1024"
                                + " bytes.",
                example = "{\"shoot\": \"spring\"}")
        @Nullable
        Map<String, @Nullable String> labels) {

    /** The names of the fields. A job type must not declare a field with one of these names. */
    static final Set<String> FIELDS = Arrays.stream(JobRequest.class.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toUnmodifiableSet());

    /** The request with its user and without its id, for comparing requests. */
    JobRequest of(UserId user) {
        return new JobRequest(
                type,
                null,
                user.value(),
                priority,
                orderingKey,
                regions,
                startWithin,
                timeout,
                maxAttempts,
                callbackUrl,
                name,
                labels);
    }
}
