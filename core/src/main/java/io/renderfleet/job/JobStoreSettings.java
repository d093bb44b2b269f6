package io.renderfleet.job;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long jobs are kept and watched.
 *
 * @param retention how long after its acceptance an item may be deleted
 * @param checkAfter how long after its acceptance an open job is first looked at by the watchdog
 */
@ConfigurationProperties("renderfleet.jobs")
public record JobStoreSettings(
        @DefaultValue("30d") Duration retention,
        @DefaultValue("60s") Duration checkAfter) {}
