package io.renderfleet.api.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.job.JobHistory;
import io.renderfleet.job.UserId;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * How many open jobs each user may have. No counter is kept in the table, where it would be one more write for every
 * job and a hot item for every busy user: each instance keeps a {@link OpenJobCounter} of its own, and counts anew in the
 * background when that comes near the limit.
 *
 * <p>So the limit holds to within what other instances accept between two counts of this one, what the index by user
 * does not show yet when it is read, and 1 % of the limit for a user this instance has not seen for a while. Jobs that
 * were being stored when a count began may be in it twice until the next. A user far from the limit costs nothing.
 *
 * <p>Thread-safe.
 */
@Component
class OpenJobs {
    private static final Logger log = LoggerFactory.getLogger(OpenJobs.class);

    private final JobHistory history;
    private final Background background;
    private final AdmissionSettings settings;
    private final Clock clock;
    private final Cache<UserId, OpenJobCounter> tallies;

    OpenJobs(JobHistory history, Background background, AdmissionSettings settings, Clock clock) {
        this.history = history;
        this.background = background;
        this.settings = settings;
        this.clock = clock;
        this.tallies = Caffeine.newBuilder()
                .maximumSize(settings.users())
                .expireAfterAccess(settings.forgetAfter())
                .build();
    }

    /** The user's counter, for one job: the same object hears how it ended. */
    OpenJobCounter of(UserId user) {
        return tallies.get(user, id -> new OpenJobCounter(limit(), settings.refresh()));
    }

    /** Takes room for one more job; false when there is none. */
    boolean take(UserId user, OpenJobCounter counter) {
        boolean room = counter.take();
        Instant now = clock.instant();
        if (counter.startCount(now) && !background.run(() -> count(user, now, counter))) {
            counter.notCounted(clock.instant());
        }
        return room;
    }

    private void count(UserId user, Instant now, OpenJobCounter counter) {
        try {
            // A job that comes in while this counts is in the counter already. Beyond the limit it makes no difference
            // how far.
            counter.counted(history.countOpen(user, now, limit()), clock.instant());
        } catch (RuntimeException | Error e) {
            // Errors too: a counter that still counts is never counted again.
            counter.notCounted(clock.instant());
            log.warn("The open jobs of user {} could not be counted, the last count stands: {}", user, e.toString());
        }
    }

    private int limit() {
        return settings.inFlight() == 0 ? Integer.MAX_VALUE : settings.inFlight();
    }
}
