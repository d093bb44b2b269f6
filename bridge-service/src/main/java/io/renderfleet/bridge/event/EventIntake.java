package io.renderfleet.bridge.event;

import io.renderfleet.bridge.broker.BrokerCheck;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;

/**
 * Starts the consumer once Kafka can be used, and again if it stopped after an error that Spring Kafka takes for final,
 * such as a missing permission. When the service stops, the batch in progress is finished first.
 */
final class EventIntake implements SmartLifecycle {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Logger log = LoggerFactory.getLogger(EventIntake.class);

    private final AbstractMessageListenerContainer<byte[], byte[]> container;
    private final EventBatches batches;
    private final BrokerCheck brokers;
    private final LoopHealth health;
    private volatile @Nullable LoopTimer timer;

    EventIntake(
            AbstractMessageListenerContainer<byte[], byte[]> container,
            EventBatches batches,
            BrokerCheck brokers,
            LoopHealth health) {
        this.container = container;
        this.batches = batches;
        this.brokers = brokers;
        this.health = health;
    }

    @Override
    public void start() {
        LoopTimer started = new LoopTimer("kafka-consumer", health);
        started.every("kafka-consumer", Duration.ZERO, PERIOD, LONGEST, this::ensureConsuming);
        timer = started;
    }

    private void ensureConsuming() {
        if (!brokers.isUsable() || container.isRunning()) {
            return;
        }
        try {
            container.start();
        } catch (KafkaException | org.springframework.kafka.KafkaException e) {
            log.warn("The consumer could not be started; trying again: {}", e.toString());
        }
    }

    @Override
    public void stop() {
        LoopTimer running = timer;
        timer = null;
        if (running != null && !running.stop(Duration.ofSeconds(1))) {
            log.warn("The start of the consumer was interrupted and did not end within 1 s");
        }
        container.stop();
        batches.close();
    }

    @Override
    public boolean isRunning() {
        return timer != null;
    }
}
