package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.KeySettings;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.keys.Strategy;
import io.renderfleet.localaws.dynamodb.DynamoDbServer;
import io.renderfleet.localaws.dynamodb.DynamoDbSettings;
import io.renderfleet.region.FleetTable;
import io.renderfleet.testing.MutableClock;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A fleet table in local DynamoDB, and workers that share a pool by it. Its time stands still until a test moves it. */
final class FleetTester implements AutoCloseable {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final DomainName D1 = new DomainName("d1");
    static final DomainName D2 = new DomainName("d2");
    static final Duration TURN = Duration.ofMillis(200);
    private static final String ENV = "test";
    private static final String SECRET = "renderfleet-local";

    /** How a worker's calls to DynamoDB end. */
    enum Network {
        WORKS,
        /** Calls do not arrive. */
        AWAY,
        /** Calls arrive, and their responses do not. */
        RESPONSES_LOST
    }

    final MutableClock clock = new MutableClock(START);
    private final DynamoDbServer server;
    private final DynamoDbClient client;

    FleetTester() {
        try {
            server = DynamoDbServer.start("127.0.0.1", 0, DynamoDbSettings.defaults(), "renderfleet", SECRET);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        client = DynamoDbClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("renderfleet", SECRET)))
                .build();
        client.createTable(request -> request.tableName(FleetTable.name(ENV))
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(KeySchemaElement.builder()
                        .attributeName(FleetTable.ID)
                        .keyType(KeyType.HASH)
                        .build())
                .attributeDefinitions(AttributeDefinition.builder()
                        .attributeName(FleetTable.ID)
                        .attributeType(ScalarAttributeType.S)
                        .build()));
    }

    DynamoDbClient client() {
        return client;
    }

    static String env() {
        return ENV;
    }

    FleetItems items() {
        return new FleetItems(client, ENV);
    }

    /** All items of the table. */
    List<Map<String, AttributeValue>> all() {
        return client.scan(request -> request.tableName(FleetTable.name(ENV))).items();
    }

    PermitItem permits(DomainName domain) {
        return PermitItem.read(items().get(PermitItem.id("pool", domain.value())));
    }

    Worker worker(String id, KeyPoolSettings settings) {
        return worker(id, settings, Timing.of(Duration.ofSeconds(10)), clock);
    }

    Worker worker(String id, KeyPoolSettings settings, Timing timing, InstantSource time) {
        return new Worker(this, id, settings, timing, time);
    }

    /** Keys as {@code "k1@d1"}; every domain has the same limits. */
    static KeyPoolSettings settings(DomainLimits limits, String... keys) {
        Map<DomainName, DomainLimits> domains = new LinkedHashMap<>();
        List<KeySettings> settings = new ArrayList<>();
        for (String key : keys) {
            String[] parts = key.split("@", 2);
            var domain = new DomainName(parts[1]);
            domains.put(domain, limits);
            settings.add(new KeySettings(new KeyId(parts[0]), domain, 1, Secret.of("a test", "sk-secret-" + parts[0])));
        }
        return new KeyPoolSettings(Strategy.LEAST_LOADED, domains, settings);
    }

    static DomainLimits concurrency(int concurrency) {
        return new DomainLimits(null, null, null, concurrency);
    }

    /** Lets time pass, with a turn of each worker every 200 ms. */
    void pass(Duration time, Worker... workers) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(TURN)) {
            clock.advance(TURN);
            turn(workers);
        }
    }

    static void turn(Worker... workers) {
        for (Worker worker : workers) {
            worker.shared.turn();
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }

    /** One worker, which ends without giving anything back when nobody calls its turns any more. */
    static final class Worker {
        final KeyPool keys;
        final SharedKeyPool shared;
        final AtomicReference<Network> network = new AtomicReference<>(Network.WORKS);

        private Worker(FleetTester fleet, String id, KeyPoolSettings settings, Timing timing, InstantSource time) {
            keys = new KeyPool(
                    settings,
                    time,
                    () -> Duration.between(START, time.instant()).toNanos(),
                    new Random(1));
            shared = new SharedKeyPool(
                    "pool", settings, keys, new FleetItems(unreliable(fleet.client), ENV), id, timing, time);
        }

        private DynamoDbClient unreliable(DynamoDbClient client) {
            return (DynamoDbClient) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (proxy, method, arguments) -> {
                        if (network.get() == Network.AWAY) {
                            throw SdkClientException.create("The network is away.");
                        }
                        Object result;
                        try {
                            result = method.invoke(client, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                        if (network.get() == Network.RESPONSES_LOST) {
                            throw SdkClientException.create("The response was lost.");
                        }
                        return result;
                    });
        }
    }
}
