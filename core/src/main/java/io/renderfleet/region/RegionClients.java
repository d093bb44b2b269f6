package io.renderfleet.region;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * One client per region and service, created on first use and closed with this object. A request must be made with the
 * client of the queue's or bucket's region: the client's region, and not the URL, decides how the request is signed.
 *
 * <p>Thread-safe.
 */
public final class RegionClients implements AutoCloseable {
    /** The time limit of a call, including its retries. Long polls and uploads have their own limits. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

    private final Clients<SqsAsyncClient> sqs;
    private final Clients<S3Client> s3;
    private final Clients<S3Presigner> presigners;

    RegionClients(
            Function<RegionId, SqsAsyncClient> sqs,
            Function<RegionId, S3Client> s3,
            Function<RegionId, S3Presigner> presigners) {
        this.sqs = new Clients<>(sqs);
        this.s3 = new Clients<>(s3);
        this.presigners = new Clients<>(presigners);
    }

    public SqsAsyncClient sqs(RegionId region) {
        return sqs.of(region);
    }

    public S3Client s3(RegionId region) {
        return s3.of(region);
    }

    public S3Presigner presigner(RegionId region) {
        return presigners.of(region);
    }

    @Override
    public void close() {
        sqs.close();
        s3.close();
        presigners.close();
    }

    private static final class Clients<C extends SdkAutoCloseable> {
        private final Function<RegionId, C> maker;
        private final Map<RegionId, C> made = new HashMap<>();

        Clients(Function<RegionId, C> maker) {
            this.maker = maker;
        }

        synchronized C of(RegionId region) {
            return made.computeIfAbsent(region, maker);
        }

        synchronized void close() {
            made.values().forEach(SdkAutoCloseable::close);
            made.clear();
        }
    }
}
