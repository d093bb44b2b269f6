package io.renderfleet.api.submission;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits on submissions.
 *
 * @param maxJob the maximum size of the body of a submission, and of each job of a batch
 * @param maxBatch the maximum size of the body of a batch
 * @param concurrentStores the maximum number of concurrent calls to the jobs table; no more than the DynamoDB client
 *     has connections
 * @param storeWait the time that a request waits to store its job; then it is refused with 503
 * @param retryAfter the value of {@code Retry-After} when a job could not be stored in time
 */
@Validated
@ConfigurationProperties("renderfleet.api.submission")
record SubmissionSettings(
        @DefaultValue("64KB") DataSize maxJob,
        @DefaultValue("7MB") DataSize maxBatch,
        @DefaultValue("48") @Min(1) @Max(10_000) int concurrentStores,
        @DefaultValue("5s") Duration storeWait,
        @DefaultValue("2s") Duration retryAfter) {}
