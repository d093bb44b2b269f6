package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.blob.BucketNames;
import io.renderfleet.job.JobTable;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.pool.Pool;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.FleetTable;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What CloudFormation makes is what local AWS makes, and so what every other test has run on. */
class EmulatorTests {
    private static final RegionId HOME = new RegionId(Fleet.HOME);
    private static final RegionId OTHER = new RegionId(Fleet.OTHER);
    /**
     * Local AWS does not tell how long it keeps messages; StoresTests has that, as it has the time to live of items.
     */
    private static final List<QueueAttributeName> COMPARED = List.of(
            QueueAttributeName.VISIBILITY_TIMEOUT,
            QueueAttributeName.RECEIVE_MESSAGE_WAIT_TIME_SECONDS,
            QueueAttributeName.FIFO_QUEUE,
            QueueAttributeName.REDRIVE_POLICY);

    private static Moto moto;
    private static LocalAws local;
    private static String env;

    @BeforeAll
    static void deploy() throws IOException, InterruptedException {
        moto = Moto.start().orElseThrow(() -> {
            LoggerFactory.getLogger(EmulatorTests.class)
                    .warn("The stores and queues were not deployed to an emulator: there is no moto_server here");
            return new TestAbortedException("moto_server is not installed");
        });
        LocalAwsOptions options = LocalAwsOptions.onFreePorts()
                .withRegions(List.of(HOME, OTHER))
                .withPools(Fleet.POOLS)
                .withSinks(List.of("kafka"));
        env = options.env();
        local = LocalAws.start(options);
        moto.create("home", Fleet.HOME, Map.of("Env", env));
        moto.create("region", Fleet.HOME, Map.of("Env", env));
        moto.create("region", Fleet.OTHER, Map.of("Env", env));
        for (Pool pool : Fleet.POOLS) {
            var parameters = Map.of("Env", env, "Pool", pool.name().value(), "AlarmTopicArn", "topic");
            moto.create("pool-home", Fleet.HOME, parameters);
            moto.create("pool-region", Fleet.HOME, parameters);
            moto.create("pool-region", Fleet.OTHER, parameters);
        }
    }

    @AfterAll
    static void stop() {
        if (local != null) {
            local.close();
        }
        if (moto != null) {
            moto.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Fleet.HOME, Fleet.OTHER})
    void everyQueueThatTheCodeAsksForIsThereAsLocalAwsMakesIt(String region) {
        try (SqsClient deployed = moto.client(SqsClient.builder(), region);
                SqsClient ours = sqs(region)) {
            for (String queue : queues(new RegionId(region))) {
                assertThat(attributes(deployed, queue)).as(queue).isEqualTo(attributes(ours, queue));
            }
        }
    }

    @Test
    void theTablesHaveTheKeysAndIndexesThatLocalAwsGivesThem() {
        try (DynamoDbClient deployed = moto.client(DynamoDbClient.builder(), Fleet.HOME);
                DynamoDbClient ours = dynamoDb()) {
            for (String table : List.of(JobTable.name(env), FleetTable.name(env))) {
                assertThat(form(deployed, table)).as(table).isEqualTo(form(ours, table));
            }
        }
    }

    @Test
    void theBucketsThatTheCodeAsksForAreThere() {
        try (S3Client deployed = moto.client(S3Client.builder().forcePathStyle(true), Fleet.HOME)) {
            var names = new BucketNames(env, Template.ACCOUNT);

            assertThat(deployed.listBuckets().buckets())
                    .extracting(bucket -> bucket.name())
                    .contains(names.of("designs"), names.results(HOME), names.results(OTHER));
        }
    }

    private static Set<String> queues(RegionId region) {
        var names = new QueueNames(env);
        Set<String> queues = new HashSet<>();
        if (region.equals(HOME)) {
            for (String queue :
                    List.of(names.completions(), names.completions("kafka"), names.completions("webhook"))) {
                queues.addAll(List.of(queue, QueueNames.deadLetters(queue)));
            }
        }
        for (Pool pool : Fleet.POOLS) {
            for (Lane lane : Lane.values()) {
                Stream<String> ofLane = region.equals(HOME)
                        ? Stream.of(names.master(pool.name(), lane), names.regional(region, pool.name(), lane))
                        : Stream.of(names.regional(region, pool.name(), lane));
                ofLane.forEach(queue -> queues.addAll(List.of(queue, QueueNames.deadLetters(queue))));
            }
        }
        return queues;
    }

    /** Accounts and the spelling of JSON and of absence differ between emulators; names and numbers must not. */
    private static Map<String, String> attributes(SqsClient sqs, String queue) {
        String url = sqs.getQueueUrl(request -> request.queueName(queue)).queueUrl();
        var found = new TreeMap<String, String>();
        sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes()
                .forEach((name, value) -> {
                    if (COMPARED.contains(name) && !value.equals("false")) {
                        found.put(
                                name.toString(),
                                value.replaceAll("arn:aws:sqs:[a-z0-9-]+:[0-9]+:", "")
                                        .replaceAll("[\" ]", ""));
                    }
                });
        found.computeIfPresent(
                QueueAttributeName.REDRIVE_POLICY.toString(),
                (name, policy) -> Stream.of(policy.replaceAll("[{}]", "").split(","))
                        .sorted()
                        .toList()
                        .toString());
        return found;
    }

    private static List<String> form(DynamoDbClient dynamoDb, String name) {
        TableDescription table =
                dynamoDb.describeTable(request -> request.tableName(name)).table();
        List<String> form = new ArrayList<>();
        table.keySchema().forEach(key -> form.add(key.attributeName() + " " + key.keyType()));
        table.globalSecondaryIndexes()
                .forEach(index -> index.keySchema()
                        .forEach(key -> form.add(index.indexName() + " " + key.attributeName() + " " + key.keyType()
                                + " " + index.projection().projectionType())));
        table.attributeDefinitions()
                .forEach(attribute -> form.add(attribute.attributeName() + " " + attribute.attributeType()));
        return form.stream().sorted().toList();
    }

    private static SqsClient sqs(String region) {
        return SqsClient.builder()
                .endpointOverride(local.endpoints().sqs(new RegionId(region)))
                .region(Region.of(region))
                .credentialsProvider(credentials())
                .build();
    }

    private static DynamoDbClient dynamoDb() {
        URI endpoint = local.endpoints().dynamoDb();
        return DynamoDbClient.builder()
                .endpointOverride(endpoint)
                .region(Region.of(Fleet.HOME))
                .credentialsProvider(credentials())
                .build();
    }

    private static StaticCredentialsProvider credentials() {
        Map<String, String> properties = local.serviceProperties();
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(
                properties.getOrDefault("spring.cloud.aws.credentials.access-key", ""),
                properties.getOrDefault("spring.cloud.aws.credentials.secret-key", "")));
    }
}
