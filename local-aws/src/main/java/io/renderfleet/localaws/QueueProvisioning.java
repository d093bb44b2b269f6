package io.renderfleet.localaws;

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
    private static final Duration LONG_POLL = Duration.ofSeconds(20);
    private static final Duration RETENTION = Duration.ofDays(14);

    /** The limit of receipts, which protects from crash loops only; a delivery does not count as an attempt. */
    private static final int MAX_RECEIVES = 10;

    private final QueueNames names;
    private final List<PoolName> pools;
    private final SqsClient sqs;

    QueueProvisioning(QueueNames names, List<Pool> pools, SqsClient sqs) {
        this.names = names;
        this.pools = pools.stream().map(Pool::name).toList();
        this.sqs = sqs;
    }

    void region(RegionId region, boolean isHome) {
        for (PoolName pool : pools) {
            for (Lane lane : Lane.values()) {
                if (isHome) {
                    withDeadLetters(names.master(pool, lane), lane, MASTER_VISIBILITY);
                }
                withDeadLetters(names.regional(region, pool, lane), lane, REGIONAL_VISIBILITY);
            }
        }
    }

    private void withDeadLetters(String name, Lane lane, Duration visibility) {
        String deadLettersUrl = queue(QueueNames.deadLetters(name), attributes(lane, visibility));
        String deadLettersArn = sqs.getQueueAttributes(
                        request -> request.queueUrl(deadLettersUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN);
        var attributes = attributes(lane, visibility);
        attributes.put(
                QueueAttributeName.REDRIVE_POLICY,
                "{\"deadLetterTargetArn\":\"%s\",\"maxReceiveCount\":%d}".formatted(deadLettersArn, MAX_RECEIVES));
        queue(name, attributes);
    }

    private String queue(String name, Map<QueueAttributeName, String> attributes) {
        return sqs.createQueue(request -> request.queueName(name).attributes(attributes))
                .queueUrl();
    }

    private static Map<QueueAttributeName, String> attributes(Lane lane, Duration visibility) {
        var attributes = new HashMap<QueueAttributeName, String>();
        attributes.put(QueueAttributeName.VISIBILITY_TIMEOUT, seconds(visibility));
        attributes.put(QueueAttributeName.RECEIVE_MESSAGE_WAIT_TIME_SECONDS, seconds(LONG_POLL));
        attributes.put(QueueAttributeName.MESSAGE_RETENTION_PERIOD, seconds(RETENTION));
        if (lane.isFifo()) {
            attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
        }
        return attributes;
    }

    private static String seconds(Duration duration) {
        return Long.toString(duration.toSeconds());
    }
}
