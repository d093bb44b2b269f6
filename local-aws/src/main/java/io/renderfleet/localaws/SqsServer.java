package io.renderfleet.localaws;

import io.renderfleet.region.RegionId;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.scaladsl.Http.ServerBinding;
import org.elasticmq.NodeAddress;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Await;
import scala.concurrent.duration.FiniteDuration;

/**
 * The SQS of one region. While the server is stopped, connections are refused and its queues keep their messages. It
 * starts again on the same port.
 *
 * <p>ElasticMQ does not check credentials. Thread-safe.
 */
final class SqsServer {
    /** How long requests in progress, such as long polls, may take to finish when the server stops. */
    private static final FiniteDuration GRACE = new FiniteDuration(50, TimeUnit.MILLISECONDS);

    private final ActorSystem system;
    private final ActorRef queues;
    private final RegionId region;
    private final String host;
    private int port;
    private @Nullable SQSRestServer server;

    SqsServer(ActorSystem system, ActorRef queues, RegionId region, String host, int port) {
        this.system = system;
        this.queues = queues;
        this.region = region;
        this.host = host;
        this.port = port;
    }

    /** Starts the server and returns when it listens. Has no effect if it is running. */
    synchronized void start() {
        if (server != null) {
            return;
        }
        var address = new NodeAddress("http", Hosts.reachable(host), port, "");
        var builder = SQSRestServerBuilder.withActorSystem(system)
                .withQueueManagerActor(queues)
                .withInterface(host)
                .withPort(port)
                .withAWSRegion(region.value());
        // With a free port ElasticMQ determines its address itself.
        var starting = (port == 0 ? builder : builder.withServerAddress(address)).start();
        port = await(starting.startFuture(), "start").localAddress().getPort();
        server = starting;
    }

    /** Closes all connections and refuses new ones. The queues keep their messages. */
    synchronized void stop() {
        SQSRestServer running = server;
        if (running == null) {
            return;
        }
        server = null;
        // The server's own stop is not used, because it waits up to a minute for long polls to end.
        ServerBinding binding = await(running.startFuture(), "stop");
        await(binding.terminate(GRACE), "stop");
    }

    synchronized URI endpoint() {
        return Hosts.uri(host, port);
    }

    private <T> T await(scala.concurrent.Future<T> future, String doing) {
        try {
            return Await.result(future, SqsRegions.STEP_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalAwsException("Interrupted while waiting for the SQS of " + region + " to " + doing + ".", e);
        } catch (TimeoutException e) {
            throw new LocalAwsException(
                    "The SQS of " + region + " did not " + doing + " within " + SqsRegions.STEP_LIMIT + ".", e);
        }
    }
}
