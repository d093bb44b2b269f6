package io.renderfleet.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.worker.execution.WorkerSettings;
import java.lang.annotation.Annotation;
import java.time.Duration;
import java.util.Arrays;
import org.hibernate.validator.constraints.time.DurationMax;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

class ShutdownTimesTests {
    /** When Fargate kills a task that it told to stop. */
    private static final Duration FARGATE = Duration.ofMinutes(2);

    /** For the beans to be closed, and the JVM to end. */
    private static final Duration MARGIN = Duration.ofSeconds(5);

    @Test
    void theLongestStopIsOverBeforeFargateKillsTheTask() throws Exception {
        Annotation[] onGrace = Arrays.stream(WorkerSettings.class.getRecordComponents())
                .filter(component -> component.getName().equals("grace"))
                .findFirst()
                .orElseThrow()
                .getAccessor()
                .getAnnotations();
        DurationMax longest = Arrays.stream(onGrace)
                .filter(DurationMax.class::isInstance)
                .map(DurationMax.class::cast)
                .findFirst()
                .orElseThrow();
        Object webServer = new YamlPropertySourceLoader()
                .load("worker", new ClassPathResource("worker-service.yml"))
                .getFirst()
                .getProperty("spring.lifecycle.timeout-per-shutdown-phase");
        Duration sum = Duration.ofSeconds(longest.seconds())
                .plus(ShutdownTimes.RELEASE_JOBS)
                .plus(ShutdownTimes.SETTLE_MESSAGES)
                .plus(ShutdownTimes.RELEASE)
                .plus(DurationStyle.detectAndParse(String.valueOf(webServer)))
                .plus(MARGIN);
        assertThat(sum).isLessThan(FARGATE);
    }
}
