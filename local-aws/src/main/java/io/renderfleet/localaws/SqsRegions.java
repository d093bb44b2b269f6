package io.renderfleet.localaws;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.renderfleet.region.RegionId;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.elasticmq.StrictSQSLimits$;
import org.elasticmq.actor.QueueManagerActor;
import org.elasticmq.util.NowProvider;
import scala.Option;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;

/** One ElasticMQ server per region. All share one actor system and so one pool of threads. */
final class SqsRegions implements AutoCloseable {
    /** The time limit of one step of starting or stopping. */
    static final Duration STEP_LIMIT = Duration.create("10 s");

    /** The actor system installs no shutdown hook and never ends the JVM; {@link #close} stops it. */
    private static final String SETTINGS = """
        pekko.daemonic = on
        pekko.loglevel = WARNING
        pekko.stdout-loglevel = OFF
        pekko.jvm-exit-on-fatal-error = off
        pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
        """;

    private final ActorSystem system;
    private final Map<RegionId, SqsServer> servers = new LinkedHashMap<>();

    SqsRegions(LocalAwsOptions options) {
        ClassLoader loader = SqsRegions.class.getClassLoader();
        Config config = ConfigFactory.parseString(SETTINGS).withFallback(ConfigFactory.load(loader));
        system = ActorSystem.create("local-sqs", config, loader);
        GuardedHttp.install(system, options.crossSiteCheck());
        options.sqsPorts().forEach((region, port) -> servers.put(region, server(region, options.host(), port)));
    }

    /** Starts all servers and returns when they listen. */
    void start() {
        servers.values().forEach(SqsServer::start);
    }

    /** The server of a region; {@link IllegalArgumentException} if this instance does not have the region. */
    SqsServer server(RegionId region) {
        SqsServer server = servers.get(region);
        if (server == null) {
            throw new IllegalArgumentException(
                    "This instance has no region " + region + "; it has " + servers.keySet() + ".");
        }
        return server;
    }

    Map<RegionId, URI> endpoints() {
        var endpoints = new LinkedHashMap<RegionId, URI>();
        servers.forEach((region, server) -> endpoints.put(region, server.endpoint()));
        return Collections.unmodifiableMap(endpoints);
    }

    @Override
    public void close() {
        try {
            servers.values().forEach(SqsServer::stop);
        } finally {
            terminate();
        }
    }

    private SqsServer server(RegionId region, String host, int port) {
        var queues = Props.create(
                QueueManagerActor.class,
                () -> new QueueManagerActor(new NowProvider(), StrictSQSLimits$.MODULE$, Option.empty()));
        return new SqsServer(system, system.actorOf(queues, "queues-" + region), region, host, port);
    }

    private void terminate() {
        try {
            Await.result(system.terminate(), STEP_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            throw new LocalAwsException("SQS did not stop within " + STEP_LIMIT + ".", e);
        }
    }
}
