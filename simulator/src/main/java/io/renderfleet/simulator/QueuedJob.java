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

    /** @param seconds it takes, at least 1 */
    QueuedJob(int submittedAt, int seconds) {
        this.submittedAt = submittedAt;
        this.seconds = seconds;
    }

    /** A copy that has not started. */
    QueuedJob anew() {
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
            throw new IllegalStateException("a job that runs or has run is started again");
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

    /** Its progress is lost, because there are no checkpoints. */
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

    /** Until the first start; of a job that never started, until the simulation ended. */
    int startLatency(int end) {
        return (firstStartAt == NOT_YET ? end : firstStartAt) - submittedAt;
    }
}
