package io.renderfleet.queue;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How calls to SQS are batched. A single message waits for at most the window before it is sent.
 *
 * @param sendWindow for sends of single messages; short, because it delays the start of jobs
 * @param acknowledgeWindow for deletions and changes of visibility; longer, because no caller waits for them
 * @param renewAfter the receive count from which a deferred message is resent as a new copy; must be less than the
 *     queues' maxReceiveCount, which is intended for faulty messages
 */
@ConfigurationProperties("renderfleet.queue")
public record QueueSettings(
        @DefaultValue("20ms") Duration sendWindow,
        @DefaultValue("500ms") Duration acknowledgeWindow,
        @DefaultValue("7") int renewAfter) {}
