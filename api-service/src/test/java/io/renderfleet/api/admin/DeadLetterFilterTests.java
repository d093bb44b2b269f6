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

class DeadLetterFilterTests {
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
    private static final DeadLetterFilter ALL = filter(Map.of());

    /** The filter of the given query parameters. */
    private static DeadLetterFilter filter(Map<String, String> texts) {
        Violations violations = new Violations();
        DeadLetterQuery query = new DeadLetterQuery(
                texts.get("messageId"),
                texts.get("jobId"),
                texts.get("userId"),
                texts.get("region"),
                texts.get("queue"),
                texts.get("pool"),
                texts.get("lane"),
                texts.get("cause"),
                texts.get("olderThan"),
                texts.get("youngerThan"));
        DeadLetterFilter filter =
                new DeadLetterFilterReader(FLEET, List.of("some-dlq", "other-dlq")).read(query, violations);
        violations.throwIfAny();
        return filter;
    }

    @Test
    void anEmptyFilterMatchesEveryLetter() {
        assertThat(ALL.isEmpty()).isTrue();
        assertThat(ALL.matches(null, "some-dlq", POOL, Lane.LOW)).isTrue();
        assertThat(ALL.matches(letter(null), NOW)).isTrue();
        assertThat(ALL.matches(DeadLetterCause.UNREADABLE, null)).isTrue();
    }

    @Test
    void aQueueAPoolAndALaneSelectQueues() {
        DeadLetterFilter filter = filter(Map.of("lane", "HIGH", "pool", "render"));
        assertThat(filter.isEmpty()).isFalse();
        assertThat(filter.matches(EAST, "some-dlq", POOL, Lane.HIGH)).isTrue();
        assertThat(filter.matches(EAST, "some-dlq", POOL, Lane.LOW)).isFalse();
        assertThat(filter.matches(EAST, "some-dlq", new PoolName("chat"), Lane.HIGH))
                .isFalse();
        DeadLetterFilter queue = filter(Map.of("queue", "some-dlq"));
        assertThat(queue.matches(EAST, "some-dlq", POOL, Lane.LOW)).isTrue();
        assertThat(queue.matches(EAST, "other-dlq", POOL, Lane.LOW)).isFalse();
    }

    @Test
    void aRegionIsWhereTheJobWasLastSent() {
        DeadLetterFilter filter = filter(Map.of("region", "us-east-1"));
        assertThat(filter.matches(WEST, "some-dlq", POOL, Lane.HIGH)).isTrue();
        assertThat(filter.matches(DeadLetterCause.OBSOLETE, EAST)).isTrue();
        assertThat(filter.matches(DeadLetterCause.OBSOLETE, WEST)).isFalse();
        assertThat(filter.matches(DeadLetterCause.OBSOLETE, null)).isFalse();
    }

    @Test
    void aCauseSelectsTheQueuesThatCanHaveIt() {
        DeadLetterFilter unrouted = filter(Map.of("cause", "routing-failed"));
        assertThat(unrouted.matches(EAST, "some-dlq", POOL, Lane.LOW)).isFalse();
        assertThat(unrouted.matches(null, "some-dlq", POOL, Lane.LOW)).isTrue();
        DeadLetterFilter crashed = filter(Map.of("cause", "worker-crash-loop"));
        assertThat(crashed.matches(null, "some-dlq", POOL, Lane.LOW)).isFalse();
        DeadLetterFilter obsolete = filter(Map.of("cause", "obsolete"));
        assertThat(obsolete.matches(EAST, "some-dlq", POOL, Lane.LOW)).isTrue();
        assertThat(obsolete.matches(DeadLetterCause.UNREADABLE, EAST)).isFalse();
    }

    @Test
    void anUnreadableLetterMatchesNoUserAndNoJob() {
        assertThat(filter(Map.of("userId", "user-1")).matches(letter(null), NOW))
                .isFalse();
        assertThat(filter(Map.of("userId", "user-1")).matches(letter(MESSAGE), NOW))
                .isTrue();
        assertThat(filter(Map.of("jobId", JobId.random().toString())).matches(letter(MESSAGE), NOW))
                .isFalse();
        assertThat(filter(Map.of("messageId", "id")).matches(letter(null), NOW)).isTrue();
        assertThat(filter(Map.of("messageId", "another")).matches(letter(null), NOW))
                .isFalse();
    }

    @Test
    void agesAreMeasuredFromTheTimeOfSending() {
        DeadLetterFilter hourOrTwo = filter(Map.of("olderThan", "PT1H", "youngerThan", "PT2H"));
        assertThat(hourOrTwo.matches(letter(MESSAGE), NOW.plusSeconds(3601))).isTrue();
        assertThat(hourOrTwo.matches(letter(MESSAGE), NOW.plusSeconds(3600))).isFalse();
        assertThat(hourOrTwo.matches(letter(MESSAGE), NOW.plusSeconds(7200))).isFalse();
    }

    private static DeadLetter letter(@Nullable JobMessage message) {
        return new DeadLetter("id", message, "body", 4, NOW, "receipt");
    }
}
