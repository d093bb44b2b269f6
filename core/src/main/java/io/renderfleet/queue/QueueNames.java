package io.renderfleet.queue;

import io.renderfleet.region.RegionId;

/**
 * The name of every queue of one deployment; CloudFormation and local-aws create them under these names.
 *
 * @param env the deployment's name
 */
public record QueueNames(String env) {
    private static final String FIFO = ".fifo";

    /** {@code renderfleet-<env>-master-<lane>}, in the home region. */
    public String master(Lane lane) {
        return name("master", lane);
    }

    /** {@code renderfleet-<env>-<region>-<lane>}, in that region. */
    public String regional(RegionId region, Lane lane) {
        return name(region.value(), lane);
    }

    /** The dead-letter queue behind a queue: in the same region, FIFO when the queue is. */
    public static String deadLetters(String queueName) {
        return queueName.endsWith(FIFO)
                ? queueName.substring(0, queueName.length() - FIFO.length()) + "-dlq" + FIFO
                : queueName + "-dlq";
    }

    private String name(String owner, Lane lane) {
        return "renderfleet-" + env + "-" + owner + "-" + lane.queueName() + (lane.isFifo() ? FIFO : "");
    }
}
