package io.renderfleet.localaws;

import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.pool.Pool;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Creates the queues of one region as CloudFormation does. None exist before, because queues are kept in memory only.
 */
final class QueueProvisioning {
    private static final Duration MASTER_VISIBILITY = Duration.ofMinutes(1);
    private static final Duration REGIONAL_VISIBILITY = Duration.ofMinutes(2);
    private static final Duration COMPLETION_VISIBILITY = Duration.ofMinutes(1);
    private static final Duration LONG_POLL = Duration.ofSeconds(20);
    private static final Duration RETENTION = Duration.ofDays(14);

    /** The limit of receipts, which protects from crash loops only; a delivery does not count as an attempt. */
    private static final int MAX_RECEIVES = 10;

    /** The limit of receipts of a completion event, each of which is a try to handle it. */
    private static final int MAX_COMPLETION_RECEIVES = 5;

    private final QueueNames names;
    private final List<PoolName> pools;
    private final List<String> sinks;
    private final SqsClient sqs;

    QueueProvisioning(QueueNames names, List<Pool> pools, List<String> sinks, SqsClient sqs) {
        this.names = names;
        this.pools = pools.stream().map(Pool::name).toList();
        this.sinks = sinks;
        this.sqs = sqs;
    }

    void region(RegionId region, boolean isHome) {
        if (isHome) {
            withDeadLetters(names.completions(), false, COMPLETION_VISIBILITY, MAX_COMPLETION_RECEIVES);
            withDeadLetters(
                    names.completions(CompletionSinks.WEBHOOK), false, COMPLETION_VISIBILITY, MAX_COMPLETION_RECEIVES);
            for (String sink : sinks) {
                withDeadLetters(names.completions(sink), false, COMPLETION_VISIBILITY, MAX_COMPLETION_RECEIVES);
            }
        }
        for (PoolName pool : pools) {
            for (Lane lane : Lane.values()) {
                if (isHome) {
                    withDeadLetters(names.master(pool, lane), lane.isFifo(), MASTER_VISIBILITY, MAX_RECEIVES);
                }
                withDeadLetters(names.regional(region, pool, lane), lane.isFifo(), REGIONAL_VISIBILITY, MAX_RECEIVES);
            }
        }
    }

    private void withDeadLetters(String name, boolean fifo, Duration visibility, int maxReceives) {
        String deadLettersUrl = queue(QueueNames.deadLetters(name), attributes(fifo, visibility));
        String deadLettersArn = sqs.getQueueAttributes(
                        request -> request.queueUrl(deadLettersUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN);
        var attributes = attributes(fifo, visibility);
        attributes.put(
                QueueAttributeName.REDRIVE_POLICY,
                "{\"deadLetterTargetArn\":\"%s\",\"maxReceiveCount\":%d}".formatted(deadLettersArn, maxReceives));
        queue(name, attributes);
    }

    private String queue(String name, Map<QueueAttributeName, String> attributes) {
        return sqs.createQueue(request -> request.queueName(name).attributes(attributes))
                .queueUrl();
    }

    private static Map<QueueAttributeName, String> attributes(boolean fifo, Duration visibility) {
        var attributes = new HashMap<QueueAttributeName, String>();
        attributes.put(QueueAttributeName.VISIBILITY_TIMEOUT, seconds(visibility));
        attributes.put(QueueAttributeName.RECEIVE_MESSAGE_WAIT_TIME_SECONDS, seconds(LONG_POLL));
        attributes.put(QueueAttributeName.MESSAGE_RETENTION_PERIOD, seconds(RETENTION));
        if (fifo) {
            attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
        }
        return attributes;
    }

    private static String seconds(Duration duration) {
        return Long.toString(duration.toSeconds());
    }
}
