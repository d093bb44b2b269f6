package io.renderfleet.blob;

import io.renderfleet.region.RegionClients;
import java.time.Duration;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * How long an upload to S3 may take: an ordinary call's time, and more with its size, at the slowest rate that is worth
 * waiting for. With a fixed limit a large file on a slow line fails at every attempt.
 */
public final class TransferLimit {
    /** 8 Mbit/s; the largest design, 64 MiB, has 69 s. */
    private static final long SLOWEST_BYTES_PER_SECOND = 1024 * 1024;

    private static final Duration LEAST = RegionClients.CALL_TIMEOUT.dividedBy(2);

    private TransferLimit() {}

    static Duration of(long bytes) {
        return LEAST.plusMillis(Math.ceilDiv(bytes * 1000, SLOWEST_BYTES_PER_SECOND));
    }

    /** The limit of one attempt and, as it is not repeated within the call, of the call. */
    public static Consumer<AwsRequestOverrideConfiguration.Builder> ofUpload(long bytes) {
        Duration limit = of(bytes);
        return override -> override.apiCallTimeout(limit).apiCallAttemptTimeout(limit);
    }
}
