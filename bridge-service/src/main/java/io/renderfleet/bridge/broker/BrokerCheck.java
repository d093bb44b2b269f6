package io.renderfleet.bridge.broker;

import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Checks every few seconds whether the brokers respond and the topics exist. Until they do, the bridge reads nothing and
 * is not ready, and it does not fail. A change is logged once. The indicator {@code kafka} of the health group
 * {@code readiness}.
 *
 * <p>Thread-safe.
 */
public final class BrokerCheck implements SmartLifecycle, HealthIndicator {
    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Trouble NOT_CHECKED = new Trouble(Cause.NOT_CHECKED, "Kafka was not reached yet.");
    private static final Logger log = LoggerFactory.getLogger(BrokerCheck.class);

    private final List<String> servers;
    private final List<String> topics;
    private final Map<String, Object> properties;
    private final LoopHealth health;

    /** Why Kafka cannot be used; null if it can. */
    private volatile @Nullable Trouble trouble = NOT_CHECKED;

    private volatile @Nullable LoopTimer timer;
    private @Nullable Admin admin;

    private enum Cause {
        NOT_CHECKED,
        NO_RESPONSE,
        MISSING_TOPICS
    }

    private record Trouble(Cause cause, String text) {}

    BrokerCheck(KafkaSettings settings, KafkaAdmin configured, LoopHealth health) {
        this.servers = settings.bootstrapServers();
        this.topics = settings.topics().used();
        this.properties = new HashMap<>(configured.getConfigurationProperties());
        int timeout = Math.toIntExact(TIMEOUT.toMillis());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout / 2);
        this.health = health;
    }

    /** Whether the brokers responded to the last check and all topics exist. */
    public boolean isUsable() {
        return trouble == null;
    }

    @Override
    public void start() {
        LoopTimer started = new LoopTimer("kafka-check", health);
        started.every("kafka-check", Duration.ZERO, PERIOD, LONGEST, this::check);
        timer = started;
    }

    private synchronized void check() {
        Trouble found;
        try {
            List<String> missing = missingTopics();
            found = missing.isEmpty()
                    ? null
                    : new Trouble(
                            Cause.MISSING_TOPICS,
                            "These topics do not exist: " + String.join(", ", missing)
                                    + ". Create them, or correct renderfleet.kafka.topics. The bridge never creates topics.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (KafkaException | TimeoutException e) {
            found = new Trouble(
                    Cause.NO_RESPONSE,
                    "Kafka does not respond at " + String.join(",", servers) + ": " + reason(e)
                            + ". Check renderfleet.kafka.bootstrap-servers and whether the brokers run.");
        }
        Trouble before = trouble;
        trouble = found;
        if (found == null && before != null) {
            log.info("Kafka responds at {}, and the topics {} exist", String.join(",", servers), topics);
        } else if (found != null && (before == null || before.cause() != found.cause())) {
            log.warn("{} Checking again every {} s", found.text(), PERIOD.toSeconds());
        }
    }

    private static String reason(Exception e) {
        // The client's "Failed to construct" says nothing; its cause does.
        Throwable told = e.getCause() == null ? e : e.getCause();
        return told.getMessage() == null ? told.getClass().getSimpleName() : told.getMessage();
    }

    private List<String> missingTopics() throws InterruptedException, TimeoutException {
        // Fails while the name of no broker can be resolved, so it is tried again here.
        Admin client = admin == null ? Admin.create(properties) : admin;
        admin = client;
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, ? extends KafkaFuture<?>> topic :
                client.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                var _ = topic.getValue().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw new KafkaException(e.getCause());
                }
                missing.add(topic.getKey());
            }
        }
        return missing;
    }

    @Override
    public Health health() {
        Trouble why = trouble;
        return why == null
                ? Health.up().build()
                : Health.outOfService().withDetail("reason", why.text()).build();
    }

    @Override
    public void stop() {
        LoopTimer running = timer;
        timer = null;
        if (running != null && !running.stop(Duration.ofSeconds(1))) {
            log.warn("A check of Kafka was interrupted and did not stop within 1 s");
        }
        closeAdmin();
    }

    private synchronized void closeAdmin() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
            admin = null;
        }
    }

    @Override
    public boolean isRunning() {
        return timer != null;
    }
}
