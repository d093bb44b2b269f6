package io.renderfleet.chaos;

import java.time.Duration;

/** A fault and when it happens, counted from the start of the run. */
sealed interface Fault {

    /** When it happens. */
    Duration at();

    /**
     * A worker is killed with SIGKILL.
     *
     * @param worker its index
     * @param down the time until it is restarted
     */
    record KillWorker(Duration at, int worker, Duration down) implements Fault {}

    /**
     * A worker is paused with SIGSTOP for longer than its lease, and then continues.
     *
     * @param worker its index
     */
    record PauseWorker(Duration at, int worker, Duration paused) implements Fault {}

    /**
     * A distributor is killed with SIGKILL.
     *
     * @param distributor its index
     */
    record KillDistributor(Duration at, int distributor, Duration down) implements Fault {}

    /** The only API is killed with SIGKILL: connections are refused until it is restarted. */
    record KillApi(Duration at, Duration down) implements Fault {}

    /**
     * No service can reach the SQS of a region.
     *
     * @param region its index; 0 is the home region, which has the master queues
     * @param silent connections are accepted and never answered; otherwise they are reset and refused
     */
    record CutRegion(Duration at, int region, boolean silent, Duration cut) implements Fault {}

    /**
     * The message of an open job is delivered a second time.
     *
     * @param pick selects one of the open jobs, from 0 up to 1
     * @param old whether the message carries the previous route epoch rather than the current one
     * @param master whether it is sent to the master queue rather than to the queue of the job's region
     */
    record Duplicate(Duration at, double pick, boolean old, boolean master) implements Fault {}

    /**
     * The owner of a recently accepted job cancels it.
     *
     * @param pick selects one of those jobs, from 0 up to 1
     */
    record Cancel(Duration at, double pick) implements Fault {}

    /**
     * The owner of a cancelled job retries it.
     *
     * @param pick selects one of those jobs, from 0 up to 1
     */
    record Retry(Duration at, double pick) implements Fault {}
}
