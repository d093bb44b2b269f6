package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.pool.Pool;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Violations;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.echo.EchoJobType;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvelopeRulesTests {
    private static final RegionId EAST = new RegionId("us-east-1");

    private static EnvelopeRules rulesOf(String... pools) {
        return new EnvelopeRules(new FleetSettings(
                "test",
                EAST,
                List.of(EAST),
                List.of(pools).stream().map(Pool::of).toList(),
                "",
                new FleetSettings.Endpoints(List.of(), List.of(), List.of())));
    }

    private static Submission check(EnvelopeRules rules) {
        EchoJobType echo = new EchoJobType();
        EchoJobType.Request request = new EchoJobType.Request("hello", null, null, null, null, null, null);
        Violations violations = new Violations();
        return rules.check(
                new JobRequest("echo", null, "user-1", null, null, null, null, null, null),
                new JobReader.Part(echo, request, echo.prepare(request, violations)),
                null,
                violations);
    }

    @Test
    void acceptsATypeWhosePoolThisDeploymentRuns() {
        assertThat(check(rulesOf("render=cpu", "echo=io")).pool()).isEqualTo(EchoJobType.POOL);
    }

    @Test
    void refusesATypeWhosePoolThisDeploymentDoesNotRun() {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> check(rulesOf("render=cpu", "chat=io")))
                .satisfies(e -> assertThat(e.errors())
                        .containsExactly(new FieldError(
                                "type",
                                "is echo, which needs the pool echo; the pools of this deployment are render, chat")));
    }
}
