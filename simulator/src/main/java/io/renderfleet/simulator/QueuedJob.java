package io.renderfleet.simulator;

/** A simulated job and its times, in seconds from the start of the simulation. */
final class QueuedJob {
    private static final int NOT_YET = -1;

    private final int submittedAt;
    private final int seconds;
    private int firstStartAt = NOT_YET;
    private int endsAt = NOT_YET;
    private int starts;
    private int interruptions;
    private boolean finished;

    /**
     * Creates a job that has not started.
     *
     * @param submittedAt the second of its submission
     * @param seconds the time that it runs, at least 1
     */
    QueuedJob(int submittedAt, int seconds) {
        this.submittedAt = submittedAt;
        this.seconds = seconds;
    }

    /** A copy that has not started. */
    QueuedJob copy() {
        return new QueuedJob(submittedAt, seconds);
    }

    int submittedAt() {
        return submittedAt;
    }

    int seconds() {
        return seconds;
    }

    void start(int second) {
        if (endsAt != NOT_YET) {
            throw new IllegalStateException("the job has already started");
        }
        if (starts++ == 0) {
            firstStartAt = second;
        }
        endsAt = second + seconds;
    }

    boolean isDue(int second) {
        return endsAt <= second;
    }

    void finish() {
        finished = true;
    }

    /** Interrupts the job, which loses its progress, because there are no checkpoints. */
    void interrupt() {
        endsAt = NOT_YET;
        interruptions++;
    }

    boolean isFinished() {
        return finished;
    }

    int starts() {
        return starts;
    }

    int interruptions() {
        return interruptions;
    }

    /**
     * The seconds from submission to the first start; for a job that never started, until the end of the simulation.
     */
    int startLatency(int end) {
        return (firstStartAt == NOT_YET ? end : firstStartAt) - submittedAt;
    }
}
