package io.renderfleet.api.submission;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits on jobs coming in.
 *
 * @param maxJob the largest body of one job
 * @param maxBatch the largest body of a batch
 * @param concurrentStores writes to the jobs table at a time: what its client has connections for
 * @param storeWait how long a request waits for its turn to write
 * @param retryAfter when to send a request again that found no turn
 */
@Validated
@ConfigurationProperties("renderfleet.api.submission")
record SubmissionSettings(
        @DefaultValue("64KB") DataSize maxJob,
        @DefaultValue("7MB") DataSize maxBatch,
        @DefaultValue("48") @Min(1) @Max(10_000) int concurrentStores,
        @DefaultValue("5s") Duration storeWait,
        @DefaultValue("2s") Duration retryAfter) {}
