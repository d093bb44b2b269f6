package io.renderfleet.localaws.dynamodb;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the emulated DynamoDB behaves where the real one takes its time or refuses. {@link IllegalArgumentException} for a
 * value out of its range.
 *
 * @param dataDir where tables are kept over a restart; in memory only when empty
 * @param indexLag the longest time by which global secondary indexes follow their tables, up to a minute; each write
 *     draws its own
 * @param throttleWrites the write units a second of each table, beyond which writes are refused; 0 for no limit
 * @param timeToLiveDelay how long after its time to live an item is deleted, up to 48 hours
 */
public record DynamoDbSettings(
        Optional<Path> dataDir, Duration indexLag, int throttleWrites, Duration timeToLiveDelay) {
    private static final Duration MAX_LAG = Duration.ofMinutes(1);
    private static final Duration MAX_TTL_DELAY = Duration.ofDays(2);
    private static final Duration DEFAULT_TTL_DELAY = Duration.ofMinutes(10);

    public DynamoDbSettings {
        if (indexLag.isNegative() || indexLag.compareTo(MAX_LAG) > 0) {
            throw new IllegalArgumentException(
                    "The lag of the indexes must be from 0 to 60000 ms, but is " + indexLag.toMillis() + " ms.");
        }
        if (throttleWrites < 0) {
            throw new IllegalArgumentException(
                    "The limit of write units a second must be positive, or 0 for none, but is " + throttleWrites
                            + ".");
        }
        if (timeToLiveDelay.isNegative() || timeToLiveDelay.compareTo(MAX_TTL_DELAY) > 0) {
            throw new IllegalArgumentException("The delay of the time to live must be from 0 to 172800 s, but is "
                    + timeToLiveDelay.toSeconds() + " s.");
        }
    }

    /** In memory, indexes at once, no limit of writes, and items deleted ten minutes after their time to live. */
    public static DynamoDbSettings defaults() {
        return new DynamoDbSettings(Optional.empty(), Duration.ZERO, 0, DEFAULT_TTL_DELAY);
    }

    public DynamoDbSettings withDataDir(Path value) {
        return new DynamoDbSettings(Optional.of(value), indexLag, throttleWrites, timeToLiveDelay);
    }

    public DynamoDbSettings withIndexLag(Duration value) {
        return new DynamoDbSettings(dataDir, value, throttleWrites, timeToLiveDelay);
    }

    public DynamoDbSettings withThrottleWrites(int value) {
        return new DynamoDbSettings(dataDir, indexLag, value, timeToLiveDelay);
    }

    public DynamoDbSettings withTimeToLiveDelay(Duration value) {
        return new DynamoDbSettings(dataDir, indexLag, throttleWrites, value);
    }
}
