package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.api.webhook.Callbacks;
import io.renderfleet.identity.Caller;
import io.renderfleet.pool.Pool;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Violations;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.echo.EchoJobType;
import io.renderfleet.webhook.WebhookStore;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class EnvelopeRulesTests {
    private static final RegionId EAST = new RegionId("us-east-1");

    private static final RegionId WEST = new RegionId("us-west-2");
    private static final RegionId CALIFORNIA = new RegionId("us-west-1");

    /** Fails each call: the rules check a request without reading anything else. */
    private static final class NoDynamoDb implements DynamoDbClient {
        @Override
        public String serviceName() {
            return "dynamodb";
        }

        @Override
        public void close() {}
    }

    private static EnvelopeRules rulesOf(String... pools) {
        return new EnvelopeRules(
                new FleetSettings(
                        "test",
                        EAST,
                        List.of(EAST, WEST, CALIFORNIA),
                        List.of(pools).stream().map(Pool::of).toList(),
                        "",
                        new FleetSettings.Endpoints(List.of(), List.of(), List.of())),
                new Callbacks(new WebhookStore(new NoDynamoDb(), "test", Clock.systemUTC()), false));
    }

    private static Submission check(EnvelopeRules rules) {
        return check(rules, null, Set.of());
    }

    /** @param able the regions that can run the job; empty for all */
    private static Submission check(EnvelopeRules rules, @Nullable List<@Nullable String> asked, Set<RegionId> able) {
        EchoJobType echo = new EchoJobType();
        EchoJobType.Request request = new EchoJobType.Request("hello", null, null, null, null, null, null, null);
        Violations violations = new Violations();
        return rules.check(
                Caller.ANYONE,
                new JobRequest("echo", null, "user-1", null, null, asked, null, null, null, null, null, null),
                new JobReader.Part(
                        echo,
                        request,
                        Objects.requireNonNull(echo.prepare(request, violations))
                                .onlyIn(able),
                        null),
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

    @Test
    void aJobRunsOnlyWhereItCan() {
        EnvelopeRules rules = rulesOf("echo=io");
        assertThat(check(rules, null, Set.of()).regions()).isEmpty();
        assertThat(check(rules, null, Set.of(WEST, EAST)).regions()).containsExactly(EAST, WEST);
        assertThat(check(rules, List.of("us-west-1", "us-west-2"), Set.of(WEST, EAST))
                        .regions())
                .containsExactly(WEST);
        assertThat(check(rules, List.of("us-west-1"), Set.of()).regions()).containsExactly(CALIFORNIA);
    }

    @Test
    void refusesAJobForRegionsThatCannotRunIt() {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> check(rulesOf("echo=io"), List.of("us-west-1"), Set.of(WEST, EAST)))
                .satisfies(e -> assertThat(e.errors())
                        .containsExactly(new FieldError(
                                "regions",
                                "must have one of the regions that can run this job: us-east-1, us-west-2")));
    }
}
