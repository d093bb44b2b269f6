package io.renderfleet.localaws.dynamodb;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes items some time after their time to live, a number of epoch seconds. As on AWS it leaves items whose
 * attribute is no number, or is more than five years ago.
 */
final class TimeToLive implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TimeToLive.class);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);
    private static final long OLDEST_DAYS = 5 * 365;

    private final Tables tables;
    private final Clock clock;
    private final Duration delay;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);

    TimeToLive(Tables tables, Clock clock, Duration delay) {
        this.tables = tables;
        this.clock = clock;
        this.delay = delay;
        thread = Thread.ofVirtual().name("local-dynamodb-time-to-live").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            // Not interrupted: that would close the journal under it.
            thread.join(LONGEST_STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Deletes all items that are due. */
    void sweep() {
        for (Table table : tables.all()) {
            String attribute = table.definition().timeToLive();
            if (attribute.isEmpty()) {
                continue;
            }
            table.cells().forEach((key, cell) -> {
                if (isDue(Table.decoded(cell.item()), attribute)) {
                    delete(table, key, attribute);
                }
            });
        }
    }

    private void delete(Table table, Key key, String attribute) {
        try {
            table.write(key, item -> isDue(item, attribute) ? null : item);
        } catch (ServiceException e) {
            // A transaction has claimed the item; the next sweep tries again.
            log.debug(
                    "Could not delete an item whose time to live has ended; the next sweep tries again: {}", e.text());
        }
    }

    private boolean isDue(@Nullable Map<String, AttributeValue> item, String attribute) {
        if (item == null || !(item.get(attribute) instanceof AttributeValue.Numeric(BigDecimal seconds))) {
            return false;
        }
        Instant due = clock.instant().minus(delay);
        return seconds.compareTo(BigDecimal.valueOf(due.getEpochSecond())) <= 0
                && seconds.compareTo(BigDecimal.valueOf(
                                due.minus(OLDEST_DAYS, ChronoUnit.DAYS).getEpochSecond()))
                        > 0;
    }

    private void run() {
        Duration pause = delay.dividedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        pause = pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
        try {
            while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                sweepSafely();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweepSafely() {
        try {
            sweep();
        } catch (RuntimeException | Error e) {
            log.error("Unexpected error while deleting items whose time to live has ended; continuing", e);
        }
    }
}
