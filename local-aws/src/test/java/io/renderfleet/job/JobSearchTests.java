package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobHistory.Position;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class JobSearchTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static final UserId ANN = new UserId("ann");

    private final MutableClock clock = new MutableClock(NOW);
    private LocalTables tables;
    private JobStore store;
    private JobSearch search;

    @BeforeEach
    void start() {
        tables = new LocalTables();
        store = new JobStore(tables.database(clock));
        search = new JobSearch(tables.client(), JobTable.name("local"), clock);
    }

    @AfterEach
    void stop() {
        tables.close();
    }

    private JobId stored(JobBuilder job) {
        NewJob built = job.createdAt(clock.instant()).build();
        store.submit(built);
        clock.advance(Duration.ofSeconds(1));
        return built.id();
    }

    private static JobBuilder about(String user, @Nullable String subject) {
        return aJob().user(user).tags(new JobTags(null, Map.of("shoot", user), subject, null));
    }

    private Job claimed(JobId id) {
        store.route(id, 0, EAST);
        return ((ClaimOutcome.Claimed) store.claim(id, 1, EAST, new WorkerId("worker-1"), Duration.ofMinutes(1))).job();
    }

    private void failed(JobId id) {
        store.fail(claimed(id), Attempt.Outcome.REJECTED, new JobError("broken", "It is broken."), List.of());
        clock.advance(Duration.ofSeconds(1));
    }

    private static JobSearch.Query open(JobFilter filter, int limit, @Nullable Position from) {
        return new JobSearch.Query(null, filter, limit, from);
    }

    @Test
    void countsTheOpenJobsAboutASubject() {
        IntStream.range(0, 5).forEach(_ -> stored(about("ann", "chair")));
        stored(about("bob", "chair"));
        stored(about("ann", "table"));
        stored(aJob().user("ann"));
        failed(stored(about("ann", "chair")));
        // This job has ended, and is in the index until its event was sent.
        failed(stored(about("ann", "chair").notifying("live")));
        claimed(stored(about("ann", "chair")));

        assertThat(search.countOpenAbout(ANN, "chair", 100)).isEqualTo(6);
        assertThat(search.countOpenAbout(null, "chair", 100)).isEqualTo(7);
        assertThat(search.countOpenAbout(null, "chair", 3)).isEqualTo(3);
        assertThat(search.countOpenAbout(ANN, "sofa", 100)).isZero();
    }

    @Test
    void findsTheOpenJobsOfAllUsersOldestFirstPageByPage() {
        List<JobId> ids = IntStream.range(0, 25)
                .mapToObj(i -> stored(about("user-" + i % 3, null)))
                .toList();
        failed(stored(aJob()));

        List<JobId> found = new ArrayList<>();
        Position from = null;
        do {
            JobSearch.Page page = search.open(open(JobFilter.ALL, 10, from));
            assertThat(page.incomplete()).isFalse();
            page.jobs().forEach(job -> found.add(job.id()));
            from = page.next();
        } while (from != null && found.size() < 100);

        assertThat(found).containsExactlyElementsOf(ids);
    }

    @Test
    void findsOpenJobsByWhatTheyAre() {
        JobId ann = stored(about("ann", "chair"));
        JobId bob = stored(about("bob", "chair").type("echo", "echo"));
        Instant between = clock.instant();
        JobId running = stored(about("bob", "table"));
        claimed(running);

        assertThat(ids(new JobFilter(JobStatus.PROCESSING, null, List.of(), null, null, null, null)))
                .containsExactly(running);
        assertThat(ids(JobFilter.ALL.olderThan(between))).containsExactly(ann, bob);
        assertThat(ids(new JobFilter(null, null, List.of(), null, new JobTypeName("echo"), null, null)))
                .containsExactly(bob);
        assertThat(ids(new JobFilter(null, null, List.of(), null, null, EAST, null)))
                .containsExactly(running);
        assertThat(ids(new JobFilter(null, null, List.of(new JobFilter.Label("shoot", "bob")), null, null, null, null)))
                .containsExactly(bob, running);
        assertThat(search.open(new JobSearch.Query(ANN, JobFilter.ALL, 10, null))
                        .jobs())
                .extracting(Job::id)
                .containsExactly(ann);
    }

    private List<JobId> ids(JobFilter filter) {
        return search.open(open(filter, 10, null)).jobs().stream().map(Job::id).toList();
    }

    @Test
    void saysThatThereAreMoreOpenJobsThanItReads() {
        IntStream.range(0, 40).forEach(_ -> stored(aJob()));
        JobSearch narrow = new JobSearch(tables.client(), JobTable.name("local"), clock, 17);

        assertThat(narrow.open(open(JobFilter.ALL, 100, null)).incomplete()).isTrue();
        assertThat(search.open(open(JobFilter.ALL, 100, null)).incomplete()).isFalse();
    }

    @Test
    void listsAnOpenJobThatItCannotRead() {
        JobId readable = stored(aJob());
        JobId newer = stored(aJob());
        tables.client()
                .updateItem(request -> request.tableName(JobTable.name("local"))
                        .key(ConditionalUpdate.key(newer))
                        .updateExpression("SET priority = :newer")
                        .expressionAttributeValues(Map.of(":newer", AttributeValue.fromS("URGENT"))));

        JobSearch.Page page = search.open(open(JobFilter.ALL, 10, null));

        assertThat(page.jobs()).extracting(Job::id).containsExactly(readable);
        assertThat(page.unreadable()).containsExactly(newer);
    }

    @Test
    void findsFailedJobsUntilTheyAreRetried() {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            JobId id = stored(about("user-" + i % 2, null));
            failed(id);
            ids.add(id);
        }
        stored(aJob());
        store.cancelled(claimed(stored(aJob())), List.of());

        JobSearch.Page first = search.failed(open(JobFilter.ofStatus(JobStatus.FAILED), 5, null));
        assertThat(first.jobs())
                .extracting(Job::id)
                .containsExactlyElementsOf(ids.reversed().subList(0, 5));
        JobSearch.Page rest = search.failed(open(JobFilter.ofStatus(JobStatus.FAILED), 100, first.next()));
        assertThat(rest.jobs())
                .extracting(Job::id)
                .containsExactlyElementsOf(ids.reversed().subList(5, 12));
        assertThat(rest.next()).isNull();

        new JobControl(tables.database(clock)).retry(ids.getLast(), null);
        assertThat(search.failed(open(JobFilter.ofStatus(JobStatus.FAILED), 1, null))
                        .jobs())
                .extracting(Job::id)
                .containsExactly(ids.get(10));
    }
}
