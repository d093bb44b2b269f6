package io.renderfleet.queue;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How messages are gathered into batches. Each window is what a lone message waits at most.
 *
 * @param sendWindow for sends of single messages: in the way of a job's start, so short
 * @param acknowledgeWindow for deletions and visibility changes: nobody waits for them, so long
 * @param renewAfter the receipt from which on a message that is given back through no fault of its own is replaced by a
 *     new copy of itself: below the queues' maxReceiveCount, which is for messages at fault
 */
@ConfigurationProperties("renderfleet.queue")
public record QueueSettings(
        @DefaultValue("20ms") Duration sendWindow,
        @DefaultValue("500ms") Duration acknowledgeWindow,
        @DefaultValue("7") int renewAfter) {}
