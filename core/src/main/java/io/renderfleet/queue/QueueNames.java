package io.renderfleet.queue;

import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;

/**
 * The names of the queues of one deployment. CloudFormation and local-aws create the queues with these names.
 *
 * @param env the deployment's name
 */
public record QueueNames(String env) {
    private static final String FIFO = ".fifo";

    /** {@code renderfleet-<env>-master-<pool>-<lane>}, in the home region. */
    public String master(PoolName pool, Lane lane) {
        return name("master", pool, lane);
    }

    /** {@code renderfleet-<env>-<region>-<pool>-<lane>}, in that region. */
    public String regional(RegionId region, PoolName pool, Lane lane) {
        return name(region.value(), pool, lane);
    }

    /** {@code renderfleet-<env>-completions}, in the home region: the events that the API itself handles. */
    public String completions() {
        return "renderfleet-" + env + "-completions";
    }

    /** {@code renderfleet-<env>-completions-<sink>}, in the home region: the events of a sink outside of the API. */
    public String completions(String sink) {
        return completions() + "-" + sink;
    }

    /** The name of a queue's dead-letter queue, which is in the same region, and FIFO when the queue is. */
    public static String deadLetters(String queueName) {
        return queueName.endsWith(FIFO)
                ? queueName.substring(0, queueName.length() - FIFO.length()) + "-dlq" + FIFO
                : queueName + "-dlq";
    }

    private String name(String owner, PoolName pool, Lane lane) {
        return "renderfleet-" + env + "-" + owner + "-" + pool + "-" + lane.queueName() + (lane.isFifo() ? FIFO : "");
    }
}
