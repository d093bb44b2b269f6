package io.renderfleet.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.testing.MutableClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Listings, counts and look-ups of jobs of which some were written by a newer version. */
class UnreadableJobsTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static LocalTables tables;

    private final MutableClock clock = new MutableClock(NOW);
    private final UserId user = new UserId("user-" + JobId.random());
    private List<JobId> stored = List.of();

    @BeforeAll
    static void start() {
        tables = new LocalTables();
    }

    @AfterAll
    static void stop() {
        tables.close();
    }

    @BeforeEach
    void storeFiveJobs() {
        stored = tables.storeJobs(clock, user, 5);
    }

    private void write(JobId id, String attribute, String value) {
        tables.client()
                .updateItem(request -> request.tableName(JobTable.name("local"))
                        .key(ConditionalUpdate.key(id))
                        .updateExpression("SET #a = :v")
                        .expressionAttributeNames(Map.of("#a", attribute))
                        .expressionAttributeValues(Map.of(":v", AttributeValue.fromS(value))));
    }

    private JobHistory.Page page(@Nullable JobStatus status, int limit, JobHistory.@Nullable Position from) {
        return tables.history(clock)
                .list(new JobHistory.Query(user, JobFilter.ofStatus(status), null, null, limit, from));
    }

    @Test
    void aListingNamesTheJobsThatCannotBeRead() {
        write(stored.get(1), JobItem.PRIORITY, "URGENT");
        JobHistory.Page first = page(null, 2, null);
        assertThat(first.jobs()).extracting(Job::id).containsExactly(stored.get(0));
        assertThat(first.unreadable()).containsExactly(stored.get(1));
        JobHistory.Page rest = page(null, 100, first.next());
        assertThat(rest.jobs()).extracting(Job::id).containsExactlyElementsOf(stored.subList(2, 5));
        assertThat(rest.unreadable()).isEmpty();
        assertThat(rest.next()).isNull();
    }

    @Test
    void aListingByStatusNamesUnreadableJobsThatMayHaveTheStatus() {
        write(stored.get(1), JobItem.PRIORITY, "URGENT");
        write(stored.get(2), JobItem.STATUS, "PAUSED");
        assertThat(page(JobStatus.PENDING, 100, null).unreadable()).containsExactly(stored.get(1), stored.get(2));
        assertThat(page(JobStatus.FAILED, 100, null).unreadable()).containsExactly(stored.get(2));
        assertThat(page(JobStatus.FAILED, 100, null).jobs()).isEmpty();
    }

    @Test
    void aCountOfOpenJobsHasTheOnesOfAnUnknownStatus() {
        write(stored.get(2), JobItem.STATUS, "PAUSED");
        assertThat(tables.history(clock).countOpen(user, NOW, 100)).isEqualTo(5);
    }

    @Test
    void aLookUpSaysWhichJobCannotBeRead() {
        write(stored.get(1), JobItem.PRIORITY, "URGENT");
        JobStore store = new JobStore(tables.database(clock));
        assertThatThrownBy(() -> store.find(stored.get(1)))
                .isInstanceOf(UnreadableJobException.class)
                .hasMessageContaining(stored.get(1).toString());
        assertThat(store.find(stored.get(0))).isPresent();
    }
}
