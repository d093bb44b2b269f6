package io.renderfleet.simulator;

/**
 * What the template does not say and AWS does not promise. Each can be wrong for you; {@code docs/scaling.md} says where
 * it comes from.
 */
final class Assumptions {
    /** The delay from the end of a minute until an alarm sees it: SQS and Container Insights publish once a minute, late. */
    static final int PUBLISHED_AFTER_MINUTES = 1;

    /**
     * From the service's wish to the first poll: network interface, pull of an image of some hundred MB that Fargate does
     * not cache, and the start of a JVM. Any second between the two is as likely.
     */
    static final int START_LEAST_SECONDS = 30;

    static final int START_MOST_SECONDS = 90;

    /** Spot reclaims of a task that runs for an hour. AWS publishes none for Fargate. */
    static final double RECLAIMS_PER_TASK_HOUR = 0.02;

    /** {@code renderfleet.worker.grace}: for how long running jobs may go on in Spot's two minutes of notice. */
    static final int GRACE_SECONDS = 60;

    /** {@code renderfleet.worker.protection.idle}: for how long a task without jobs is still protected. */
    static final int PROTECTED_IDLE_SECONDS = 5;

    private Assumptions() {}
}
