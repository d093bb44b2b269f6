package io.renderfleet.distributor.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.distributor.dispatch.ForwardedSamples.Sample;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardedSamplesTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId OREGON = new RegionId("us-west-2");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final MutableClock clock = new MutableClock(NOW);
    private final ForwardedSamples samples = new ForwardedSamples(clock);

    private JobId forward(RegionId region) {
        JobId id = JobId.random();
        samples.forwarded(
                region, new JobMessage(id, new UserId("u"), JobBuilder.POOL, Lane.NORMAL, 1, List.of(), null));
        return id;
    }

    @Test
    void keepsOneJobOfEachQueueForEachSpacing() {
        JobId first = forward(EAST);
        forward(EAST);
        JobId elsewhere = forward(OREGON);
        clock.advance(ForwardedSamples.SPACING);
        JobId second = forward(EAST);
        assertThat(samples.of(EAST, JobBuilder.POOL, Lane.NORMAL))
                .extracting(Sample::job)
                .containsExactly(first, second);
        assertThat(samples.of(OREGON, JobBuilder.POOL, Lane.NORMAL))
                .extracting(Sample::job)
                .containsExactly(elsewhere);
        assertThat(samples.of(EAST, JobBuilder.POOL, Lane.HIGH)).isEmpty();
    }

    @Test
    void reachesBackForHoursWithABoundedNumberOfSamples() {
        for (Duration time = Duration.ZERO;
                time.compareTo(Duration.ofHours(24)) < 0;
                time = time.plus(ForwardedSamples.SPACING)) {
            forward(EAST);
            clock.advance(ForwardedSamples.SPACING);
        }
        List<Sample> kept = samples.of(EAST, JobBuilder.POOL, Lane.NORMAL);
        assertThat(kept).hasSizeBetween(ForwardedSamples.MAX_SAMPLES / 2, ForwardedSamples.MAX_SAMPLES);
        assertThat(kept.getFirst().forwardedAt()).isEqualTo(NOW);
        assertThat(kept)
                .filteredOn(
                        sample -> sample.forwardedAt().isAfter(clock.instant().minusSeconds(1200)))
                .hasSizeGreaterThan(10);
    }
}
