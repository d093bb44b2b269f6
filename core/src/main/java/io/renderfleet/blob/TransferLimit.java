package io.renderfleet.blob;

import io.renderfleet.region.RegionClients;
import java.time.Duration;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * The time limit of an upload to S3: half the limit of an ordinary call, and the time that the content takes at 1
 * MiB/s. With a fixed limit, a large file on a slow connection would fail at every attempt.
 */
public final class TransferLimit {
    /** The lowest supported transfer rate. The largest design, 64 MiB, has 69 seconds. */
    private static final long SLOWEST_BYTES_PER_SECOND = 1024 * 1024;

    private static final Duration LEAST = RegionClients.CALL_TIMEOUT.dividedBy(2);

    private TransferLimit() {}

    static Duration of(long bytes) {
        return LEAST.plusMillis(Math.ceilDiv(bytes * 1000, SLOWEST_BYTES_PER_SECOND));
    }

    /** The limit for an attempt and for the whole call, because the SDK does not repeat the attempt within the call. */
    public static Consumer<AwsRequestOverrideConfiguration.Builder> ofUpload(long bytes) {
        Duration limit = of(bytes);
        return override -> override.apiCallTimeout(limit).apiCallAttemptTimeout(limit);
    }
}
