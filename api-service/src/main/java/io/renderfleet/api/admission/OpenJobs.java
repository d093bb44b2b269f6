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
 * Limits the open jobs of each user. There is no counter in the table, because it would cost one more write per job and
 * would be a hot item for a busy user. Instead, each instance keeps an {@link OpenJobCounter} for each user and counts
 * the jobs in the background when the counter comes near the limit.
 *
 * <p>The limit can be exceeded by the jobs that other instances accept between two counts, by the jobs that the index
 * by user does not show yet, and by 1 % of the limit for a user that this instance has not seen for a while. Jobs that
 * were being stored when a count began may be counted twice until the next count. A user far below the limit causes no
 * reads.
 *
 * <p>Thread-safe.
 */
@Component
class OpenJobs {
    private static final Logger log = LoggerFactory.getLogger(OpenJobs.class);

    private final JobHistory history;
    private final BackgroundReads background;
    private final AdmissionSettings settings;
    private final Clock clock;
    private final Cache<UserId, OpenJobCounter> counters;

    OpenJobs(JobHistory history, BackgroundReads background, AdmissionSettings settings, Clock clock) {
        this.history = history;
        this.background = background;
        this.settings = settings;
        this.clock = clock;
        this.counters = Caffeine.newBuilder()
                .maximumSize(settings.users())
                .expireAfterAccess(settings.forgetAfter())
                .build();
    }

    /** The counter of a user. The caller keeps the object to report the outcome of a job to it. */
    OpenJobCounter of(UserId user) {
        return counters.get(user, id -> new OpenJobCounter(limit(), settings.refresh()));
    }

    /** Takes room for one job; false when the limit is reached. Starts a count when one is due. */
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
            // Jobs that are accepted during the count are already in the counter. The count stops at the limit, because
            // the excess does not matter.
            counter.counted(history.countOpen(user, now, limit()), clock.instant());
        } catch (RuntimeException | Error e) {
            // Catches errors too: while a count is marked as running, no other one starts.
            counter.notCounted(clock.instant());
            log.warn("Could not count the open jobs of user {}; using the last count: {}", user, e.toString());
        }
    }

    private int limit() {
        return settings.inFlight() == 0 ? Integer.MAX_VALUE : settings.inFlight();
    }
}
