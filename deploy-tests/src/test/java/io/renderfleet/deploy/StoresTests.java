package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.renderfleet.blob.BucketNames;
import io.renderfleet.job.JobTable;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.FleetTable;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues, tables and buckets are there under the names that the code asks for, with what it relies on. */
class StoresTests {
    private static final QueueNames NAMES = new QueueNames(Fleet.ENV);
    private static final BucketNames BUCKETS = new BucketNames(Fleet.ENV, Template.ACCOUNT);

    @ParameterizedTest
    @ValueSource(strings = {"us-east-1", "us-west-2", "cn-northwest-1"})
    void aPoolHasAQueueInARegionForEachLaneAndDeadLettersBehindEach(String region) {
        List<String> wanted = Stream.of(Lane.values())
                .map(lane -> NAMES.regional(new RegionId(region), Fleet.POOL, lane))
                .toList();

        assertThat(queues(Fleet.template("pool-region", region)))
                .containsExactlyInAnyOrderElementsOf(withDeadLetters(wanted));
    }

    @Test
    void aPoolHasAMasterQueueForEachLaneAndDeadLettersBehindEach() {
        List<String> wanted = Stream.of(Lane.values())
                .map(lane -> NAMES.master(Fleet.POOL, lane))
                .toList();

        assertThat(queues(Fleet.template("pool-home", Fleet.HOME)))
                .containsExactlyInAnyOrderElementsOf(withDeadLetters(wanted));
    }

    @Test
    void completionEventsHaveQueuesInTheHomeRegionAndDeadLettersAfterFiveTries() {
        Template home = Fleet.template("home", Fleet.HOME);

        assertThat(queues(home))
                .containsExactlyInAnyOrderElementsOf(withDeadLetters(
                        List.of(NAMES.completions(), NAMES.completions("kafka"), NAMES.completions("webhook"))));
        assertSettings(home, Duration.ofMinutes(1), 5);
    }

    @Test
    void messagesOfTheMasterQueuesAreHiddenForLongerThanTheSlowestBatchTakes() {
        assertSettings(Fleet.template("pool-home", Fleet.HOME), Duration.ofMinutes(1));
    }

    @Test
    void messagesOfARegionAreHiddenForLongerThanALease() {
        assertSettings(Fleet.template("pool-region", Fleet.OTHER), Duration.ofMinutes(2));
    }

    private static void assertSettings(Template template, Duration visibility) {
        assertSettings(template, visibility, 10);
    }

    private static void assertSettings(Template template, Duration visibility, int receives) {
        for (Template.Resource queue : template.ofType("AWS::SQS::Queue")) {
            String name = queue.text("QueueName");
            assertThat(queue.at("VisibilityTimeout")).as(name).isEqualTo(Math.toIntExact(visibility.toSeconds()));
            assertThat(queue.at("ReceiveMessageWaitTimeSeconds")).as(name).isEqualTo(20);
            assertThat(queue.at("MessageRetentionPeriod"))
                    .as(name)
                    .isEqualTo(Math.toIntExact(Duration.ofDays(14).toSeconds()));
            assertThat(queue.at("SqsManagedSseEnabled")).as(name).isEqualTo(true);
            assertThat(queue.properties().getOrDefault("FifoQueue", false))
                    .as(name)
                    .isEqualTo(name.endsWith(".fifo"));
            assertThat(queue.written()).as(name).containsEntry("DeletionPolicy", "Retain");
            if (name.contains("-dlq")) {
                assertThat(queue.has("RedrivePolicy")).as(name).isFalse();
            } else {
                assertThat(queue.text("RedrivePolicy", "deadLetterTargetArn"))
                        .endsWith(":" + QueueNames.deadLetters(name));
                assertThat(queue.at("RedrivePolicy", "maxReceiveCount"))
                        .as("a safety net: the code replaces a message it gives back before it is received so often")
                        .isEqualTo(receives);
            }
        }
    }

    @Test
    void onlyItsOwnQueueSendsToADeadLetterQueue() {
        for (Template template : List.of(
                Fleet.template("home", Fleet.HOME),
                Fleet.template("pool-home", Fleet.HOME),
                Fleet.template("pool-region", Fleet.OTHER))) {
            for (Template.Resource queue : template.ofType("AWS::SQS::Queue")) {
                if (queue.has("RedrivePolicy")) {
                    Template.Resource letters = template.ofType("AWS::SQS::Queue").stream()
                            .filter(other ->
                                    other.text("QueueName").equals(QueueNames.deadLetters(queue.text("QueueName"))))
                            .findFirst()
                            .orElseThrow();
                    assertThat(letters.text("RedriveAllowPolicy", "sourceQueueArns", 0))
                            .endsWith(":" + queue.text("QueueName"));
                }
            }
        }
    }

    @Test
    void theJobsTableHasTheKeysAndIndexesThatTheCodeAsksFor() {
        Template.Resource table = table(JobTable.name(Fleet.ENV));

        assertThat(keys(table.at("KeySchema"))).containsExactly(JobTable.JOB_ID + " HASH");
        assertThat(Template.list(table.at("GlobalSecondaryIndexes")))
                .extracting(index -> Fleet.field(index, "IndexName") + " " + keys(Fleet.field(index, "KeySchema")))
                .containsExactlyInAnyOrder(
                        JobTable.BY_USER + " [" + JobTable.USER_ID + " HASH, " + JobTable.CREATED_AT + " RANGE]",
                        JobTable.OPEN_JOBS + " [" + JobTable.CHECK_SHARD + " HASH, " + JobTable.CHECK_AT + " RANGE]",
                        JobTable.FAILED_JOBS + " [" + JobTable.FAIL_SHARD + " HASH, " + JobTable.FINISHED_AT
                                + " RANGE]");
        assertThat(Template.list(table.at("GlobalSecondaryIndexes")))
                .as("a write of progress must not write the indexes")
                .allSatisfy(index -> assertThat(Fleet.field(index, "Projection"))
                        .isEqualTo(
                                JobTable.OPEN_JOBS.equals(Fleet.field(index, "IndexName"))
                                        ? Map.of(
                                                "ProjectionType",
                                                "INCLUDE",
                                                "NonKeyAttributes",
                                                JobTable.OPEN_JOBS_ATTRIBUTES)
                                        : Map.of("ProjectionType", "KEYS_ONLY")));
        assertThat(Template.list(table.at("AttributeDefinitions")))
                .extracting(attribute ->
                        Fleet.field(attribute, "AttributeName") + " " + Fleet.field(attribute, "AttributeType"))
                .containsExactlyInAnyOrder(
                        JobTable.JOB_ID + " S",
                        JobTable.USER_ID + " S",
                        JobTable.CREATED_AT + " S",
                        JobTable.CHECK_SHARD + " N",
                        JobTable.CHECK_AT + " S",
                        JobTable.FAIL_SHARD + " N",
                        JobTable.FINISHED_AT + " S");
        assertKept(table, JobTable.EXPIRES_AT);
    }

    @Test
    void theFleetTableHasTheKeyThatTheCodeAsksFor() {
        Template.Resource table = table(FleetTable.name(Fleet.ENV));

        assertThat(keys(table.at("KeySchema"))).containsExactly(FleetTable.ID + " HASH");
        assertKept(table, FleetTable.EXPIRES_AT);
    }

    private static Template.Resource table(String name) {
        return Fleet.template("home", Fleet.HOME).ofType("AWS::DynamoDB::Table").stream()
                .filter(table -> table.text("TableName").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no table " + name));
    }

    private static void assertKept(Template.Resource table, String expiresAt) {
        assertThat(table.at("TimeToLiveSpecification")).isEqualTo(Map.of("AttributeName", expiresAt, "Enabled", true));
        assertThat(table.at("BillingMode")).isEqualTo("PAY_PER_REQUEST");
        assertThat(table.at("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"))
                .isEqualTo(true);
        assertThat(table.at("SSESpecification", "SSEType")).isEqualTo("KMS");
        assertThat(table.at("DeletionProtectionEnabled")).isEqualTo(true);
        assertThat(table.written()).containsEntry("DeletionPolicy", "Retain");
    }

    private static List<String> keys(Object schema) {
        return Template.list(schema).stream()
                .map(key -> Fleet.field(key, "AttributeName") + " " + Fleet.field(key, "KeyType"))
                .toList();
    }

    @Test
    void designsHaveABucketInTheHomeRegionAndResultsOneInEach() {
        assertThat(bucket(Fleet.template("home", Fleet.HOME)).text("BucketName"))
                .isEqualTo(BUCKETS.of("designs"));
        assertThat(bucket(Fleet.template("region", Fleet.OTHER)).text("BucketName"))
                .isEqualTo(BUCKETS.results(new RegionId(Fleet.OTHER)));
    }

    /**
     * The API tells users that an input is kept for seven days (InputStore.KEPT), and a batch for thirty
     * (BatchStore.KEPT), as the items of its jobs are.
     */
    @Test
    void inputsAndBatchesAreDeletedInTimeAndDesignsAreKept() {
        List<?> rules = Template.list(bucket(Fleet.template("home", Fleet.HOME)).at("LifecycleConfiguration", "Rules"));

        assertThat(rules.stream().map(Template::map).filter(rule -> rule.containsKey("ExpirationInDays")))
                .allSatisfy(rule -> assertThat(rule).containsEntry("Status", "Enabled"))
                .extracting(rule -> rule.get("Prefix"), rule -> rule.get("ExpirationInDays"))
                .containsExactly(tuple("inputs/", 7), tuple("batches/", 30));
    }

    @Test
    void bucketNamesFitS3WhateverTheDeploymentIsCalled() {
        String pattern = Fleet.field(
                        Fleet.field(Fleet.template("region", Fleet.HOME).parameters(), "Env"), "AllowedPattern")
                .toString();
        String longest = "abcdefghijklmnopqrstuvwxyz";
        while (!longest.matches(pattern)) {
            longest = longest.substring(0, longest.length() - 1);
        }

        assertThat(new BucketNames(longest, Template.ACCOUNT).results(new RegionId("ap-southeast-1")))
                .hasSizeLessThanOrEqualTo(63);
    }

    @Test
    void bucketsArePrivateEncryptedVersionedAndTidiedUp() {
        for (Template template : List.of(Fleet.template("home", Fleet.HOME), Fleet.template("region", Fleet.OTHER))) {
            Template.Resource bucket = bucket(template);
            assertThat(Template.map(bucket.at("PublicAccessBlockConfiguration")).values())
                    .hasSize(4)
                    .containsOnly(true);
            assertThat(bucket.has("BucketEncryption")).isTrue();
            assertThat(bucket.at("VersioningConfiguration", "Status")).isEqualTo("Enabled");
            assertThat(bucket.written()).containsEntry("DeletionPolicy", "Retain");
            assertThat(bucket.text("LifecycleConfiguration"))
                    .contains("INTELLIGENT_TIERING")
                    .contains("AbortIncompleteMultipartUpload");
            assertThat(template.ofType("AWS::S3::BucketPolicy").getFirst().text("PolicyDocument", "Statement", 0))
                    .contains("Deny")
                    .contains("aws:SecureTransport=false");
        }
    }

    @Test
    void nobodyOverwritesAResult() {
        assertThat(Template.list(Fleet.template("region", Fleet.OTHER)
                        .resource("ResultsBucketPolicy")
                        .at("PolicyDocument", "Statement")))
                .contains(Map.of(
                        "Sid",
                        "NoOverwrite",
                        "Effect",
                        "Deny",
                        "Principal",
                        "*",
                        "Action",
                        "s3:PutObject",
                        "Resource",
                        "arn:aws:s3:::renderfleet-prod-results-us-west-2-123456789012/*",
                        "Condition",
                        Map.of(
                                "Null", Map.of("s3:if-none-match", "true"),
                                "Bool", Map.of("s3:ObjectCreationOperation", "true"))));
    }

    @Test
    void resultsAreKeptForAsLongAsTheirJobsLeadToThem() {
        assertThat(Integer.parseInt(Fleet.template("region", Fleet.HOME)
                        .parameters()
                        .getOrDefault("ResultDays", Map.of())
                        .getOrDefault("MinValue", 0)
                        .toString()))
                .as("days; a job is kept for renderfleet.jobs.retention, 30")
                .isGreaterThan(30);
    }

    private static Template.Resource bucket(Template template) {
        return template.ofType("AWS::S3::Bucket").getFirst();
    }

    private static List<String> queues(Template template) {
        return template.ofType("AWS::SQS::Queue").stream()
                .map(queue -> queue.text("QueueName"))
                .toList();
    }

    private static List<String> withDeadLetters(List<String> queues) {
        List<String> all = new ArrayList<>(queues);
        queues.forEach(queue -> all.add(QueueNames.deadLetters(queue)));
        return all;
    }
}
