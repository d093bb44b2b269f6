package io.renderfleet.localaws.dynamodb;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of the emulated DynamoDB: delays and limits that the service has. The constructor throws an
 * {@link IllegalArgumentException} for a value out of its range.
 *
 * @param dataDir the directory in which tables survive a restart; if empty, they are kept in memory
 * @param indexLag the longest time by which global secondary indexes lag behind their tables, up to one minute; each
 *     write has a random lag up to it
 * @param throttleWrites the limit of write units per second of each table; 0 for no limit
 * @param timeToLiveDelay the time between the end of an item's time to live and its deletion, up to 48 hours
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
                    "The limit of write units per second must be positive, or 0 for no limit, but is " + throttleWrites
                            + ".");
        }
        if (timeToLiveDelay.isNegative() || timeToLiveDelay.compareTo(MAX_TTL_DELAY) > 0) {
            throw new IllegalArgumentException("The delay of the time to live must be from 0 to 172800 s, but is "
                    + timeToLiveDelay.toSeconds() + " s.");
        }
    }

    /** In memory, without index lag or limit, and with deletion ten minutes after an item's time to live. */
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
