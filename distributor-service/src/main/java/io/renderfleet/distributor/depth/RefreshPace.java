package io.renderfleet.distributor.depth;

import java.time.Duration;
import java.time.Instant;

/** Computes when the next refresh is due: often while jobs are being routed, seldom otherwise. Pure. */
record RefreshPace(Duration refresh, Duration idleRefresh, Duration idleAfter) {

    static RefreshPace of(DepthSettings settings) {
        return new RefreshPace(settings.refresh(), settings.idleRefresh(), settings.idleAfter());
    }

    /** The time from now until the next refresh; zero when it is due. */
    Duration untilNext(Instant now, Instant lastRefresh, Instant lastWork) {
        Duration pace = isIdle(now, lastWork) ? idleRefresh : refresh;
        Duration left = Duration.between(now, lastRefresh.plus(pace));
        return left.isNegative() ? Duration.ZERO : left;
    }

    boolean isIdle(Instant now, Instant lastWork) {
        return lastWork.plus(idleAfter).isBefore(now);
    }
}
