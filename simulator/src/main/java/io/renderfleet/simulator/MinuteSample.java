package io.renderfleet.simulator;

/**
 * The metrics that CloudWatch receives for one minute.
 *
 * @param waiting the visible messages at the end of the minute
 * @param held the messages in flight at the end of the minute
 * @param running the running tasks at the end of the minute
 * @param desired the desired count of the service, which no alarm uses
 * @param cpuPercent the average CPU utilization of the running tasks over the minute; 0 if none ran
 */
record MinuteSample(int waiting, int held, int running, int desired, double cpuPercent) {
    int backlog() {
        return waiting + held;
    }

    /** The template's expression {@code IF(running > 0, backlog / running, backlog)}. */
    double backlogPerTask() {
        return running > 0 ? (double) backlog() / running : backlog();
    }

    /** The template's expression {@code IF(waiting > 0 AND waiting * Slots >= held * BacklogPerTask, 1, 0)}. */
    double asleep(ScalingSettings settings) {
        return waiting > 0 && waiting * settings.slots() >= held * settings.backlogPerTask() ? 1 : 0;
    }
}
