package io.renderfleet.simulator;

import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.ToDoubleFunction;

/**
 * A CloudWatch alarm with one-minute periods, which is in alarm while all of the newest minutes are breaching. It is
 * not in alarm while fewer minutes than needed are published.
 *
 * @param figure the metric
 * @param breaching whether a value of the metric is breaching
 * @param points the number of consecutive breaching minutes that the alarm needs, at least 1
 */
record Alarm(ToDoubleFunction<MinuteSample> figure, DoublePredicate breaching, int points) {
    /** @param minutes the published minutes, the newest last */
    boolean isOn(List<MinuteSample> minutes) {
        return minutes.size() >= points
                && minutes.subList(minutes.size() - points, minutes.size()).stream()
                        .mapToDouble(figure)
                        .allMatch(breaching);
    }
}
