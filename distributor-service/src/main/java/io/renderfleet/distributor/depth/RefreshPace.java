package io.renderfleet.distributor.depth;

import java.time.Duration;
import java.time.Instant;

/** When the regions are to be asked again: often while there is work, seldom while there is none. */
record RefreshPace(Duration refresh, Duration idleRefresh, Duration idleAfter) {

    static RefreshPace of(DepthSettings settings) {
        return new RefreshPace(settings.refresh(), settings.idleRefresh(), settings.idleAfter());
    }

    /** How long to wait from now; zero when a refresh is due. */
    Duration untilNext(Instant now, Instant lastRefresh, Instant lastWork) {
        Duration pace = isIdle(now, lastWork) ? idleRefresh : refresh;
        Duration left = Duration.between(now, lastRefresh.plus(pace));
        return left.isNegative() ? Duration.ZERO : left;
    }

    boolean isIdle(Instant now, Instant lastWork) {
        return lastWork.plus(idleAfter).isBefore(now);
    }
}
