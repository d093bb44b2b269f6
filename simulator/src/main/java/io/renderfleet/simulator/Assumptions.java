package io.renderfleet.simulator;

/**
 * The numbers that neither the template contains nor AWS guarantees. Each can differ in another account;
 * {@code docs/scaling.md} names its source.
 */
final class Assumptions {
    /**
     * The delay from the end of a minute until an alarm sees it: SQS and Container Insights publish once a minute,
     * late.
     */
    static final int PUBLISHED_AFTER_MINUTES = 1;

    /**
     * The shortest time from the request of a task to its first poll: the network interface, the pull of an image of
     * some hundred MB that Fargate does not cache, and the start of a JVM. The time is distributed uniformly up to the
     * longest one.
     */
    static final int START_LEAST_SECONDS = 30;

    static final int START_MOST_SECONDS = 90;

    /** The rate of Spot reclaims per task and hour. AWS publishes no rate for Fargate. */
    static final double RECLAIMS_PER_TASK_HOUR = 0.02;

    /** {@code renderfleet.worker.grace}: how long running jobs may continue after the two-minute notice of Spot. */
    static final int GRACE_SECONDS = 60;

    /** {@code renderfleet.worker.protection.idle}: how long a task without jobs stays protected. */
    static final int PROTECTED_IDLE_SECONDS = 5;

    private Assumptions() {}
}
