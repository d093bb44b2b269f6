package io.renderfleet.localaws;

import io.renderfleet.jobtype.render.design.DesignStore;
import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An emulation of AWS in this process: SQS in every region (ElasticMQ), DynamoDB (an emulator of this project) and S3
 * (S3Proxy), with the queues, tables and buckets of the CloudFormation templates. It listens on loopback by default.
 *
 * <p>S3 and DynamoDB verify signatures and refuse wrong keys as AWS does. SQS does not check credentials. All of them
 * refuse requests of web pages, except links to objects, because the keys are known to everybody.
 *
 * <p>With a data directory, tables and objects survive a restart, and messages are lost. Without a data directory
 * everything is lost.
 *
 * <p>Thread-safe. Several can run in one JVM, each on its own ports.
 */
public final class LocalAws implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LocalAws.class);

    private final LocalAwsOptions options;
    private final Servers servers;
    private final LocalAwsEndpoints endpoints;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalAws(LocalAwsOptions options, Servers servers) {
        this.options = options;
        this.servers = servers;
        endpoints = new LocalAwsEndpoints(
                servers.sqs().endpoints(),
                Hosts.uri(options.host(), servers.dynamoDb().port()),
                servers.s3().endpoint());
    }

    /**
     * Starts all servers and returns when they listen and everything is provisioned.
     *
     * @throws LocalAwsException if a port is in use or a server does not start; then no server is left running
     */
    public static LocalAws start(LocalAwsOptions options) {
        QuietLoggers.quieten();
        Ports.requireFree(options);
        return new LocalAws(options, Servers.start(options));
    }

    public LocalAwsEndpoints endpoints() {
        return endpoints;
    }

    /** The settings with which a Renderfleet service uses this instance. */
    public Map<String, String> serviceProperties() {
        return ServiceProperties.of(options, endpoints);
    }

    /** Stores the sample designs, replacing designs with the same ids. They have no thumbnails. */
    public void putSamples() {
        withSamples(SampleProvisioning::samples);
    }

    /**
     * Starts to draw the thumbnails of the sample designs on a thread of its own, and adds them to the designs. This takes
     * some seconds. A failure is logged; the samples then have no thumbnails.
     */
    public void startDrawingSamples() {
        Thread.ofPlatform().daemon().name("sample-thumbnails").start(() -> {
            try {
                withSamples(SampleProvisioning::thumbnails);
            } catch (RuntimeException e) {
                if (closed.get()) {
                    return;
                }
                log.warn("The thumbnails of the sample designs could not be made: {}", e.toString());
            }
        });
    }

    private void withSamples(Consumer<SampleProvisioning> action) {
        try (var s3 = new ProvisioningClients(options).s3(endpoints.s3())) {
            String bucket = DesignStore.bucket(options.env(), "");
            action.accept(new SampleProvisioning(new DesignStore(s3, bucket, Clock.systemUTC())));
        }
    }

    /**
     * Stops the SQS of one region: open connections are closed and new ones refused. The queues keep their messages.
     * Has no effect if it is stopped.
     *
     * @throws IllegalArgumentException if this instance does not have the region
     */
    public void stopRegion(RegionId region) {
        servers.sqs().server(region).stop();
    }

    /**
     * Starts the SQS of one region on its earlier port. Has no effect if it is running.
     *
     * @throws IllegalArgumentException if this instance does not have the region
     */
    public void startRegion(RegionId region) {
        servers.sqs().server(region).start();
    }

    /** Stops all servers, usually within one second and at most within 20 seconds. Has no effect if closed. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            servers.close();
        }
    }
}
