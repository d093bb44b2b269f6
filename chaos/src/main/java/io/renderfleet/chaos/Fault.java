package io.renderfleet.chaos;

import java.time.Duration;

/** Something bad that happens at its time, counted from the start of the run. */
sealed interface Fault {

    /** When it happens. */
    Duration at();

    /**
     * A worker is killed without a word.
     *
     * @param worker which, from 0
     * @param down how long until it is started again
     */
    record KillWorker(Duration at, int worker, Duration down) implements Fault {}

    /**
     * A worker stands still for longer than its lease, and goes on as if nothing had happened.
     *
     * @param worker which, from 0
     */
    record PauseWorker(Duration at, int worker, Duration paused) implements Fault {}

    /**
     * A distributor is killed without a word.
     *
     * @param distributor which, from 0
     */
    record KillDistributor(Duration at, int distributor, Duration down) implements Fault {}

    /** The one API is killed without a word: clients are refused until it is back. */
    record KillApi(Duration at, Duration down) implements Fault {}

    /**
     * Nobody reaches a region's SQS.
     *
     * @param region which, from 0; 0 is home, with the master queues
     * @param silent connections are accepted and never answered; otherwise they are reset and refused
     */
    record CutRegion(Duration at, int region, boolean silent, Duration cut) implements Fault {}

    /**
     * The message of an open job arrives once more.
     *
     * @param pick which of the open jobs, as a fraction of them
     * @param old the message is one of an earlier route; otherwise it carries the present one
     * @param master it arrives at the master queue; otherwise at the region's that the job was sent to
     */
    record Duplicate(Duration at, double pick, boolean old, boolean master) implements Fault {}

    /**
     * The owner of a job that was accepted lately cancels it.
     *
     * @param pick which, as a fraction of them
     */
    record Cancel(Duration at, double pick) implements Fault {}

    /**
     * The owner of a job that was cancelled wants it after all.
     *
     * @param pick which, as a fraction of them
     */
    record Retry(Duration at, double pick) implements Fault {}
}
