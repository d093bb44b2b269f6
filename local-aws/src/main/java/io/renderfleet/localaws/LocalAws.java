package io.renderfleet.localaws;

import io.renderfleet.jobtype.render.design.DesignStore;
import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A small AWS in this process: SQS in every region (ElasticMQ), DynamoDB (our own) and S3 (S3Proxy), with the
 * queues, table and buckets that CloudFormation would make. It listens on loopback unless told otherwise.
 *
 * <p>Who is calling: S3 and DynamoDB verify signatures and refuse wrong keys as AWS does. SQS does not look at
 * credentials.
 *
 * <p>What stays: with a data directory, jobs and objects outlive a restart; messages do not, nor does a job's place in a
 * queue. Without one nothing does.
 *
 * <p>Thread-safe. Several can run in one JVM, each on its own ports.
 */
public final class LocalAws implements AutoCloseable {
    private final LocalAwsOptions options;
    private final Parts parts;
    private final LocalAwsEndpoints endpoints;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalAws(LocalAwsOptions options, Parts parts) {
        this.options = options;
        this.parts = parts;
        endpoints = new LocalAwsEndpoints(
                parts.sqs().endpoints(),
                Hosts.uri(options.host(), parts.dynamoDb().port()),
                parts.s3().endpoint());
    }

    /**
     * Starts all parts side by side and returns when they listen and everything is provisioned.
     * {@link LocalAwsException}, with nothing left running, when a port is taken or a part does not come up.
     */
    public static LocalAws start(LocalAwsOptions options) {
        QuietLoggers.quieten();
        Ports.requireFree(options);
        return new LocalAws(options, Parts.start(options));
    }

    public LocalAwsEndpoints endpoints() {
        return endpoints;
    }

    /** Settings that point a Renderfleet service at this instance. */
    public Map<String, String> serviceProperties() {
        return ServiceProperties.of(options, endpoints);
    }

    /** Puts the sample designs there, over whatever has their names. */
    public void putSamples() {
        try (var s3 = new ProvisioningClients(options).s3(endpoints.s3())) {
            String bucket = DesignStore.bucket(options.env(), "");
            new SampleProvisioning(new DesignStore(s3, bucket, Clock.systemUTC())).samples();
        }
    }

    /**
     * Cuts the SQS of one region off: open connections drop, new ones are refused, its queues keep their messages.
     * Harmless when it is off already. {@link IllegalArgumentException} when there is no such region.
     */
    public void stopRegion(RegionId region) {
        parts.sqs().server(region).stop();
    }

    /** Brings a region back on the port it had; harmless when it is on. */
    public void startRegion(RegionId region) {
        parts.sqs().server(region).start();
    }

    /** Stops all parts, within 20 s at worst and usually within one; harmless when closed already. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            parts.close();
        }
    }
}
