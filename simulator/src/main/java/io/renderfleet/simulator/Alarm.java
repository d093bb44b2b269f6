package io.renderfleet.simulator;

import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.ToDoubleFunction;

/**
 * A CloudWatch alarm of one-minute periods: on while the newest minutes are all breaching. It never goes on for want of
 * minutes.
 *
 * @param points minutes in a row, at least 1
 */
record Alarm(ToDoubleFunction<MinuteSample> figure, DoublePredicate breaching, int points) {
    /** @param minutes that are published, the newest last */
    boolean isOn(List<MinuteSample> minutes) {
        return minutes.size() >= points
                && minutes.subList(minutes.size() - points, minutes.size()).stream()
                        .mapToDouble(figure)
                        .allMatch(breaching);
    }
}
