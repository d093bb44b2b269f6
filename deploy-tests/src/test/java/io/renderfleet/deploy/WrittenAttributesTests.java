package io.renderfleet.deploy;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.renderfleet.deploy.Fleet.Service;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobDatabase;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.JobStoreSettings;
import io.renderfleet.job.JobTable;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.PendingEvents;
import io.renderfleet.job.UnreadableJobException;
import io.renderfleet.job.WorkerId;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * A worker and a distributor may update the attributes of a job that their writes name, and no others. Every write of
 * both is made here on a local table, and recorded. IAM checks the attributes of the key, of the update and of its
 * conditions ({@code dynamodb:Attributes}).
 */
class WrittenAttributesTests {
    private static final RegionId REGION = new RegionId("us-east-1");
    private static final WorkerId WORKER = new WorkerId("worker-1");
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final JobResult RESULT = new JobResult(FileId.random(), "png", 1, "image/png");
    private static final JobError ERROR = new JobError("code", "text");
    private static final List<Artifact> LOG =
            List.of(new Artifact(new ArtifactName("log.txt"), 1, FileId.random(), REGION, 1, "text/plain"));

    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00.000Z"));
    private final Set<String> written = new TreeSet<>();
    private LocalAws aws;
    private DynamoDbClient unrecorded;
    private DynamoDbClient recorded;

    /** The other services. */
    private JobStore others;

    private JobControl control;

    /** The service under test. */
    private JobStore store;

    private JobRecovery recovery;

    @BeforeEach
    void start() {
        LocalAwsOptions options = LocalAwsOptions.onFreePorts();
        aws = LocalAws.start(options);
        unrecorded = client(options, List.of());
        recorded = client(options, List.of(new Recorder()));
        others = new JobStore(database(unrecorded));
        control = new JobControl(database(unrecorded));
        store = new JobStore(database(recorded));
        recovery = new JobRecovery(database(recorded));
    }

    @AfterEach
    void stop() {
        recorded.close();
        unrecorded.close();
        aws.close();
    }

    private final class Recorder implements ExecutionInterceptor {
        @Override
        public void beforeExecution(Context.BeforeExecution call, ExecutionAttributes attributes) {
            if (call.request() instanceof UpdateItemRequest update) {
                written.addAll(update.key().keySet());
                written.addAll(update.expressionAttributeNames().values());
                // The expressions have no other names than the aliases, so that none is missed.
                assertThat((update.updateExpression() + " " + update.conditionExpression())
                                .replaceAll("[#:]\\w+", "")
                                .replaceAll(
                                        "\\b(SET|REMOVE|AND|OR|if_not_exists|list_append|attribute_exists"
                                                + "|attribute_not_exists)\\b",
                                        ""))
                        .doesNotContainPattern("\\w");
            }
        }
    }

    private DynamoDbClient client(LocalAwsOptions options, List<ExecutionInterceptor> interceptors) {
        return DynamoDbClient.builder()
                .endpointOverride(aws.endpoints().dynamoDb())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(options.accessKey(), options.secretKey())))
                .overrideConfiguration(override -> override.executionInterceptors(interceptors))
                .build();
    }

    private JobDatabase database(DynamoDbClient client) {
        return new JobDatabase(client, "local", clock, new JobStoreSettings(Duration.ofDays(30), LEASE));
    }

    @Test
    void aWorkerMayUpdateTheAttributesThatItWritesAndNoOthers() {
        assertThat(called(Service.WORKER, JobStore.class))
                .containsExactlyInAnyOrder(
                        "claim",
                        "heartbeat",
                        "progress",
                        "complete",
                        "fail",
                        "cancelled",
                        "release",
                        "payload",
                        "find",
                        "cancelRequested");
        endsAttemptsInEveryWay();
        takesAJobOver();
        waitsForTheTurnOfAJob();
        failsAJobThatCouldNotStartInTime();
        revertsTheClaimOfAJobThatItCannotRead();

        assertMayUpdate(Service.WORKER);
        assertThat(written).doesNotContain("userId", "payload", "requestHash", "createdAt", "expiresAt");
    }

    @Test
    void aDistributorMayUpdateTheAttributesThatItWritesAndNoOthers() {
        assertThat(called(Service.DISTRIBUTOR, JobStore.class)).containsExactly("route");
        assertThat(called(Service.DISTRIBUTOR, JobRecovery.class))
                .containsExactlyInAnyOrder(
                        "due",
                        "check",
                        "park",
                        "parkUnreadable",
                        "postpone",
                        "resend",
                        "reroute",
                        "sent",
                        "failUnstarted",
                        "deadLetter",
                        "overSince",
                        "progress");
        checksAJobAndSendsItAgain();
        sendsAJobAgainWhoseWorkerIsSilent();
        endsJobs();

        assertMayUpdate(Service.DISTRIBUTOR);
        assertThat(written).doesNotContain("userId", "payload", "requestHash", "createdAt", "expiresAt", "resultId");
    }

    /** The methods of a class of core that a service calls, so that each of them is called here. */
    private static Set<String> called(Service service, Class<?> type) {
        return new ClassFileImporter()
                .importPackages("io.renderfleet." + service.serviceName()).stream()
                        .flatMap(caller -> Stream.concat(
                                caller.getMethodCallsFromSelf().stream(),
                                caller.getMethodReferencesFromSelf().stream()))
                        .filter(call -> call.getTargetOwner().isEquivalentTo(type))
                        .map(JavaAccess::getName)
                        .collect(Collectors.toSet());
    }

    private void assertMayUpdate(Service service) {
        assertThat(RightsTests.rights(service, Fleet.HOME).stream()
                        .filter(right -> right.action().equals("dynamodb:UpdateItem"))
                        .map(RightsTests.Right::condition))
                .containsExactly(
                        Map.of("ForAllValues:StringEquals", Map.of("dynamodb:Attributes", List.copyOf(written))));
    }

    private JobId submitted(JobBuilder job) {
        NewJob built = job.createdAt(clock.instant()).build();
        others.submit(built);
        return built.id();
    }

    private JobId routed(JobBuilder job) {
        JobId id = submitted(job);
        others.route(id, 0, REGION);
        return id;
    }

    private ClaimOutcome claim(JobId id) {
        return store.claim(id, 1, REGION, WORKER, LEASE);
    }

    private Job claimed(JobId id) {
        return ((ClaimOutcome.Claimed) claim(id)).job();
    }

    private void endsAttemptsInEveryWay() {
        Job completed = claimed(routed(aJob()));
        store.progress(completed, 10, LOG);
        store.heartbeat(completed, LEASE, 20, LOG, "kept");
        assertThat(store.complete(completed, RESULT, LOG)).isTrue();
        assertThat(store.fail(claimed(routed(aJob())), Attempt.Outcome.ERRORED, ERROR, LOG))
                .isTrue();
        Job cancelled = claimed(routed(aJob()));
        control.cancel(cancelled.id(), null);
        assertThat(store.cancelled(cancelled, LOG)).isTrue();
        Job notified = claimed(routed(aJob().notifying("live")));
        clock.advance(LEASE);
        assertThat(store.complete(notified, RESULT, LOG)).isTrue();
        recordsThatItsEventWasSent(notified.id());
        Job released = claimed(routed(aJob()));
        assertThat(store.release(released, Attempt.Outcome.ERRORED, ERROR, LOG)).isTrue();
        assertThat(store.release(claimed(released.id()), Attempt.Outcome.INTERRUPTED, ERROR, LOG, "kept"))
                .isTrue();
    }

    private void recordsThatItsEventWasSent(JobId id) {
        assertThat(new PendingEvents(recorded, "local").sent(others.find(id).orElseThrow()))
                .isTrue();
    }

    private void takesAJobOver() {
        Job held = claimed(routed(aJob()));
        clock.advance(LEASE.plusSeconds(1));
        assertThat(claim(held.id())).isInstanceOf(ClaimOutcome.Claimed.class);
    }

    private void waitsForTheTurnOfAJob() {
        Job first = claimed(routed(aJob().orderingKey("key")));
        JobId second = routed(aJob().orderingKey("key"));
        JobId third = routed(aJob().orderingKey("key"));
        control.cancel(second, null);
        // Stores that the first job is the one to wait for.
        assertThat(claim(third)).isInstanceOf(ClaimOutcome.OutOfTurn.class);
        assertThat(store.complete(first, RESULT, List.of())).isTrue();
        assertThat(claimed(third).status()).isEqualTo(JobStatus.PROCESSING);
    }

    private void failsAJobThatCouldNotStartInTime() {
        JobId late = routed(aJob().startBy(clock.instant().plusSeconds(10)));
        clock.advance(Duration.ofSeconds(11));
        assertThat(claim(late)).isEqualTo(new ClaimOutcome.Terminal(JobStatus.FAILED));
    }

    private void revertsTheClaimOfAJobThatItCannotRead() {
        JobId fresh = routed(aJob());
        makeUnreadable(fresh);
        assertThatExceptionOfType(UnreadableJobException.class).isThrownBy(() -> claim(fresh));

        Job released = claimed(routed(aJob()));
        store.release(released, Attempt.Outcome.INTERRUPTED, ERROR, List.of());
        makeUnreadable(released.id());
        assertThatExceptionOfType(UnreadableJobException.class).isThrownBy(() -> claim(released.id()));
    }

    private void makeUnreadable(JobId id) {
        unrecorded.updateItem(request -> request.tableName(JobTable.name("local"))
                .key(Map.of(JobTable.JOB_ID, AttributeValue.fromS(id.toString())))
                .updateExpression("SET priority = :newer")
                .expressionAttributeValues(Map.of(":newer", AttributeValue.fromS("WRITTEN-BY-A-NEWER-VERSION"))));
    }

    /** The next time of a check. */
    private Instant next() {
        return clock.instant().plus(LEASE);
    }

    private JobRecovery.Due due(JobId id) {
        clock.advance(LEASE.plusSeconds(1));
        return recovery.check(id).orElseThrow();
    }

    private void checksAJobAndSendsItAgain() {
        JobId id = submitted(aJob());
        store.route(id, 0, REGION);
        assertThat(recovery.postpone(due(id), next())).isTrue();
        assertThat(recovery.resend(due(id), next())).isTrue();
        recovery.park(id, next());
        Instant next = next().plus(LEASE);
        Job rerouted = recovery.reroute(due(id), next).orElseThrow();
        recovery.sent(rerouted, next, next());
    }

    private void sendsAJobAgainWhoseWorkerIsSilent() {
        JobId id = routed(aJob());
        others.claim(id, 1, REGION, WORKER, LEASE);
        assertThat(recovery.reroute(due(id), next())).isPresent();
    }

    private void endsJobs() {
        JobId late = routed(aJob().startBy(clock.instant().plusSeconds(10)));
        assertThat(recovery.failUnstarted(due(late))).isTrue();
        JobId notified = routed(aJob().notifying("live"));
        assertThat(recovery.deadLetter(notified, 1, ERROR)).isEqualTo(JobRecovery.LetterOutcome.FAILED);
        recordsThatItsEventWasSent(notified);
        assertThat(recovery.deadLetter(routed(aJob()), 1, ERROR)).isEqualTo(JobRecovery.LetterOutcome.FAILED);
        JobId abandoned = routed(aJob());
        others.claim(abandoned, 1, REGION, WORKER, LEASE);
        clock.advance(LEASE.plusSeconds(1));
        assertThat(recovery.deadLetter(abandoned, 1, ERROR)).isEqualTo(JobRecovery.LetterOutcome.FAILED);
    }
}
