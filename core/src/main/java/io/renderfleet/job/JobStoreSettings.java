package io.renderfleet.job;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The times of jobs in the store.
 *
 * @param retention how long after its acceptance or its last retry a job may be deleted
 * @param checkAfter how long after its acceptance the watchdog checks an open job for the first time
 */
@ConfigurationProperties("renderfleet.jobs")
public record JobStoreSettings(
        @DefaultValue("30d") Duration retention,
        @DefaultValue("60s") Duration checkAfter) {}
