package io.renderfleet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LetterFilterTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final UserId USER = new UserId("user-1");
    private static final JobMessage MESSAGE =
            new JobMessage(JobId.random(), USER, JobBuilder.POOL, Lane.NORMAL, 1, List.of(), null);
    private static final LetterFilter ALL = new LetterFilter(null, null, null, null, null, null, null);

    @Test
    void everythingIsMeantByAnEmptyFilter() {
        assertThat(ALL.isEmpty()).isTrue();
        assertThat(ALL.concerns((RegionId) null, Lane.LOW)).isTrue();
        assertThat(ALL.concerns(letter(null), NOW)).isTrue();
        assertThat(ALL.concerns(LetterCause.UNREADABLE)).isTrue();
    }

    @Test
    void aRegionAndALaneNameQueues() {
        LetterFilter filter = new LetterFilter(null, null, EAST, Lane.HIGH, null, null, null);
        assertThat(filter.isEmpty()).isFalse();
        assertThat(filter.concerns(EAST, Lane.HIGH)).isTrue();
        assertThat(filter.concerns(EAST, Lane.LOW)).isFalse();
        assertThat(filter.concerns(WEST, Lane.HIGH)).isFalse();
        assertThat(filter.concerns((RegionId) null, Lane.HIGH)).isFalse();
    }

    @Test
    void aCauseNamesTheQueuesItCanComeFrom() {
        assertThat(cause(LetterCause.ROUTING_FAILED).concerns(EAST, Lane.LOW)).isFalse();
        assertThat(cause(LetterCause.ROUTING_FAILED).concerns((RegionId) null, Lane.LOW))
                .isTrue();
        assertThat(cause(LetterCause.WORKER_CRASH_LOOP).concerns((RegionId) null, Lane.LOW))
                .isFalse();
        assertThat(cause(LetterCause.OBSOLETE).concerns(EAST, Lane.LOW)).isTrue();
        assertThat(cause(LetterCause.OBSOLETE).concerns(LetterCause.UNREADABLE)).isFalse();
    }

    @Test
    void anUnreadableLetterIsNobodys() {
        assertThat(new LetterFilter(null, USER, null, null, null, null, null).concerns(letter(null), NOW))
                .isFalse();
        assertThat(new LetterFilter(null, USER, null, null, null, null, null).concerns(letter(MESSAGE), NOW))
                .isTrue();
        assertThat(new LetterFilter(JobId.random(), null, null, null, null, null, null).concerns(letter(MESSAGE), NOW))
                .isFalse();
    }

    @Test
    void agesAreFromTheTimeOfSending() {
        LetterFilter hourOrTwo =
                new LetterFilter(null, null, null, null, null, Duration.ofHours(1), Duration.ofHours(2));
        assertThat(hourOrTwo.concerns(letter(MESSAGE), NOW.plusSeconds(3601))).isTrue();
        assertThat(hourOrTwo.concerns(letter(MESSAGE), NOW.plusSeconds(3600))).isFalse();
        assertThat(hourOrTwo.concerns(letter(MESSAGE), NOW.plusSeconds(7200))).isFalse();
    }

    private static LetterFilter cause(LetterCause cause) {
        return new LetterFilter(null, null, null, null, cause, null, null);
    }

    private static DeadLetter letter(@Nullable JobMessage message) {
        return new DeadLetter("id", message, "body", 4, NOW, "receipt");
    }
}
