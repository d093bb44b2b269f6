package io.renderfleet.simulator;

/**
 * The metrics that CloudWatch receives for one minute.
 *
 * @param waiting visible messages at its end
 * @param held messages in flight at its end
 * @param running tasks that run at its end
 * @param desired tasks that the service was told to have, which no alarm looks at
 * @param cpuPercent of the running tasks over the minute, 0 when none ran
 */
record MinuteSample(int waiting, int held, int running, int desired, double cpuPercent) {
    int backlog() {
        return waiting + held;
    }

    /** {@code IF(running > 0, backlog / running, backlog)}, as the template's expression is. */
    double backlogPerTask() {
        return running > 0 ? (double) backlog() / running : backlog();
    }

    /** {@code IF(waiting > 0 AND waiting * Slots >= held * BacklogPerTask, 1, 0)}, as the template's expression is. */
    double asleep(ScalingSettings settings) {
        return waiting > 0 && waiting * settings.slots() >= held * settings.backlogPerTask() ? 1 : 0;
    }
}
