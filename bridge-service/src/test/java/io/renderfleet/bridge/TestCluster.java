package io.renderfleet.bridge;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import kafka.server.BrokerServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** Three brokers, and what a test does as a producer, as a consumer and as the operator of the brokers. */
final class TestCluster implements AutoCloseable {
    static final int PARTITIONS = 6;
    private static final short REPLICAS = 3;
    private static final Duration DEADLINE = Duration.ofSeconds(40);

    private final EmbeddedKafkaKraftBroker brokers = new EmbeddedKafkaKraftBroker(REPLICAS, PARTITIONS);
    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    TestCluster() {
        brokers.brokerProperties(Map.of(
                "min.insync.replicas", "2",
                "offsets.topic.num.partitions", "3",
                "message.max.bytes", "2200000",
                "replica.fetch.max.bytes", "2200000"));
        brokers.afterPropertiesSet();
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers(),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 4_000_000,
                        ProducerConfig.LINGER_MS_CONFIG, 5,
                        // The first batches of a topic that was just created must not overtake each other.
                        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 40_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        admin = Admin.create(Map.of("bootstrap.servers", servers()));
    }

    String servers() {
        return brokers.getBrokersAsString();
    }

    /** Creates topics; the limit of values in bytes is the brokers' 2.2 MB for those that are not small. */
    void create(List<String> names, List<String> small) {
        List<NewTopic> topics = new ArrayList<>();
        names.forEach(name -> topics.add(new NewTopic(name, PARTITIONS, REPLICAS)));
        small.forEach(name ->
                topics.add(new NewTopic(name, PARTITIONS, REPLICAS).configs(Map.of("max.message.bytes", "1048588"))));
        wait(admin.createTopics(topics).all());
        List<String> created = topics.stream().map(NewTopic::name).toList();
        await().atMost(DEADLINE)
                // The brokers do not all know the topics yet.
                .ignoreExceptions()
                .until(() -> wait(admin.describeTopics(created).allTopicNames()).values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .allMatch(partition -> partition.isr().size() == REPLICAS));
    }

    /** Sends a record without waiting for the brokers. */
    @SuppressWarnings("NullAway") // A record of Kafka can be without a key.
    void send(String topic, byte @Nullable [] key, byte[] value) {
        sent.add(producer.send(new ProducerRecord<byte[], byte[]>(topic, key, value)));
    }

    /** Waits until the brokers have stored what was sent. */
    void flush() {
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            try {
                var _ = each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("The brokers did not store a record", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted", e);
            }
        }
        sent.clear();
    }

    /** Reads a topic from its beginning until the records satisfy a condition; fails at a deadline. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> condition) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", servers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!condition.test(all)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(
                            "The topic " + topic + " has " + all.size() + " records after " + DEADLINE);
                }
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }

    /** The number of records before the offsets that a group has committed. */
    long committed(String group) {
        return wait(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).values().stream()
                .mapToLong(offset -> offset == null ? 0 : offset.offset())
                .sum();
    }

    /** The number of records of a topic. */
    long size(String topic) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        partitions(topic).forEach(partition -> ends.put(partition, OffsetSpec.latest()));
        return wait(admin.listOffsets(ends).all()).values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    private static List<TopicPartition> partitions(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            partitions.add(new TopicPartition(topic, partition));
        }
        return partitions;
    }

    /** Stops one of the brokers, always the same one. */
    void stopBroker() {
        broker().shutdown();
    }

    /** Starts the broker that was stopped, at its former address. */
    void startBroker() {
        broker().startup();
    }

    private BrokerServer broker() {
        return brokers.getCluster().brokers().values().iterator().next();
    }

    static String header(ConsumerRecord<?, ?> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static <T> T wait(KafkaFuture<T> future) {
        try {
            return future.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The brokers did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
        brokers.destroy();
    }
}
