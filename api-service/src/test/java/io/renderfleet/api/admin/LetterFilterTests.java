package io.renderfleet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.Pool;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.Violations;
import io.renderfleet.queue.DeadLetterQueue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LetterFilterTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final PoolName POOL = JobBuilder.POOL;
    private static final FleetSettings FLEET = new FleetSettings(
            "test",
            EAST,
            List.of(EAST, WEST),
            List.of(Pool.of("render=cpu"), Pool.of("chat=io")),
            "",
            new FleetSettings.Endpoints(List.of(), List.of(), List.of()));
    private static final UserId USER = new UserId("user-1");
    private static final JobMessage MESSAGE =
            new JobMessage(JobId.random(), USER, JobBuilder.POOL, Lane.NORMAL, 1, List.of(), null);
    private static final LetterFilter ALL = filter(Map.of());

    /** A filter as a query gives it. */
    private static LetterFilter filter(Map<String, String> texts) {
        Violations violations = new Violations();
        LetterFilter filter =
                new LetterFilterReader(FLEET, List.of("some-dlq", "other-dlq")).read(texts::get, violations);
        violations.throwIfAny();
        return filter;
    }

    @Test
    void everythingIsMeantByAnEmptyFilter() {
        assertThat(ALL.isEmpty()).isTrue();
        assertThat(ALL.concerns(null, "some-dlq", POOL, Lane.LOW)).isTrue();
        assertThat(ALL.concerns(letter(null), NOW)).isTrue();
        assertThat(ALL.concerns(LetterCause.UNREADABLE, null)).isTrue();
    }

    @Test
    void aQueueAPoolAndALaneNameQueues() {
        LetterFilter filter = filter(Map.of("lane", "HIGH", "pool", "render"));
        assertThat(filter.isEmpty()).isFalse();
        assertThat(filter.concerns(EAST, "some-dlq", POOL, Lane.HIGH)).isTrue();
        assertThat(filter.concerns(EAST, "some-dlq", POOL, Lane.LOW)).isFalse();
        assertThat(filter.concerns(EAST, "some-dlq", new PoolName("chat"), Lane.HIGH))
                .isFalse();
        LetterFilter queue = filter(Map.of("queue", "some-dlq"));
        assertThat(queue.concerns(EAST, "some-dlq", POOL, Lane.LOW)).isTrue();
        assertThat(queue.concerns(EAST, "other-dlq", POOL, Lane.LOW)).isFalse();
    }

    @Test
    void aRegionIsWhereTheJobWasLastSent() {
        LetterFilter filter = filter(Map.of("region", "us-east-1"));
        assertThat(filter.concerns(WEST, "some-dlq", POOL, Lane.HIGH)).isTrue();
        assertThat(filter.concerns(LetterCause.OBSOLETE, EAST)).isTrue();
        assertThat(filter.concerns(LetterCause.OBSOLETE, WEST)).isFalse();
        assertThat(filter.concerns(LetterCause.OBSOLETE, null)).isFalse();
    }

    @Test
    void aCauseNamesTheQueuesItCanComeFrom() {
        LetterFilter unrouted = filter(Map.of("cause", "routing-failed"));
        assertThat(unrouted.concerns(EAST, "some-dlq", POOL, Lane.LOW)).isFalse();
        assertThat(unrouted.concerns(null, "some-dlq", POOL, Lane.LOW)).isTrue();
        LetterFilter crashed = filter(Map.of("cause", "worker-crash-loop"));
        assertThat(crashed.concerns(null, "some-dlq", POOL, Lane.LOW)).isFalse();
        LetterFilter obsolete = filter(Map.of("cause", "obsolete"));
        assertThat(obsolete.concerns(EAST, "some-dlq", POOL, Lane.LOW)).isTrue();
        assertThat(obsolete.concerns(LetterCause.UNREADABLE, EAST)).isFalse();
    }

    @Test
    void anUnreadableLetterIsNobodys() {
        assertThat(filter(Map.of("userId", "user-1")).concerns(letter(null), NOW))
                .isFalse();
        assertThat(filter(Map.of("userId", "user-1")).concerns(letter(MESSAGE), NOW))
                .isTrue();
        assertThat(filter(Map.of("jobId", JobId.random().toString())).concerns(letter(MESSAGE), NOW))
                .isFalse();
        assertThat(filter(Map.of("messageId", "id")).concerns(letter(null), NOW))
                .isTrue();
        assertThat(filter(Map.of("messageId", "another")).concerns(letter(null), NOW))
                .isFalse();
    }

    @Test
    void agesAreFromTheTimeOfSending() {
        LetterFilter hourOrTwo = filter(Map.of("olderThan", "PT1H", "youngerThan", "PT2H"));
        assertThat(hourOrTwo.concerns(letter(MESSAGE), NOW.plusSeconds(3601))).isTrue();
        assertThat(hourOrTwo.concerns(letter(MESSAGE), NOW.plusSeconds(3600))).isFalse();
        assertThat(hourOrTwo.concerns(letter(MESSAGE), NOW.plusSeconds(7200))).isFalse();
    }

    private static DeadLetter letter(@Nullable JobMessage message) {
        return new DeadLetter("id", message, "body", 4, NOW, "receipt");
    }
}
