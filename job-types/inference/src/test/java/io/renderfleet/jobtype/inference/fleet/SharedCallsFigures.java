package io.renderfleet.jobtype.inference.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.fakellm.DomainLimits;
import io.renderfleet.fakellm.Latency;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Measures and prints how much of a domain's calls a minute four workers use together, and how many calls the server
 * refuses. Not part of the build, since it takes minutes: {@code make bench-keys}.
 */
class SharedCallsFigures {
    private static final int RPM = 1200;
    private static final int MINUTES = 2;

    @Test
    void fourWorkersAtTheLimitOfADomain() throws Exception {
        var limits = DomainLimits.NONE.withRpm(RPM).withConcurrency(40);
        var latency = new Latency(Duration.ofMillis(200), Duration.ofMillis(450));
        try (var fleet = new FakeFleet(limits, latency, Timing.of(Duration.ofSeconds(10)))) {
            for (int i = 0; i < 4; i++) {
                var _ = fleet.start("w" + i, 10);
            }
            Thread.sleep(Duration.ofSeconds(10));
            long before = fleet.answered();
            Thread.sleep(Duration.ofMinutes(MINUTES));
            double answered = fleet.answered() - before;
            double refused = fleet.statistics().statuses().getOrDefault(429, 0L);

            double use = 100 * answered / (RPM * MINUTES);
            double refusals = 100 * refused / (answered + refused);
            System.out.printf("%-56s %8.1f%n", "use of the calls a minute by four workers, percent", use);
            System.out.printf("%-56s %8.3f%n", "calls refused with 429, percent", refusals);
            assertThat(use).isGreaterThanOrEqualTo(95);
            assertThat(refusals).isLessThanOrEqualTo(0.1);
        }
    }
}
