package io.renderfleet.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;

@ApiTest
class LivenessTests {
    @Autowired
    HealthEndpoint health;

    @Autowired
    LoopHealth loops;

    @Test
    void isDownWhileALoopIsOverdue() {
        loops.turn("test", Duration.ofMinutes(1));
        assertThat(health.healthForPath("liveness").getStatus()).isEqualTo(Status.UP);
        loops.turn("test", Duration.ofSeconds(-1));
        try {
            assertThat(health.healthForPath("liveness").getStatus()).isEqualTo(Status.DOWN);
        } finally {
            loops.ended("test");
        }
        assertThat(health.healthForPath("liveness").getStatus()).isEqualTo(Status.UP);
    }
}
