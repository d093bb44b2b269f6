package io.renderfleet.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.bench.calls.CallCount;
import io.renderfleet.bench.calls.CallKind;
import io.renderfleet.bench.calls.Calls;
import io.renderfleet.report.Percentiles;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BenchReportTests {
    private final BenchReport report = new BenchReport(Map.of("jvm", "a JVM"));

    @Test
    void linesColumnsUpAndMarksWhatWasMissed() {
        report.add(
                "Loaded",
                List.of(
                        Figure.of("loaded.finished", "jobs finished", 93.456, "/s")
                                .against(Target.atLeast(120))
                                .comparedWith("Celery 88"),
                        Figure.of("loaded.started", "submit → started", new Percentiles(List.of(12.0)), "ms"),
                        Figure.of("loaded.writes", "writes", 5, "per job")
                                .against(Target.atMost(4).mustHold())));

        assertThat(report.text()).isEqualTo("""
            jvm      a JVM

                                value or p50  p95  p99  unit     target                     other systems

            Loaded
              jobs finished             93.5            /s       ≥ 120   missed             Celery 88
              submit → started            12   12   12  ms
              writes                       5            per job  ≤ 4     missed (required)
            """);
    }

    @Test
    void namesWhatMustHoldAndDoesNot() {
        Figure broken = Figure.of("puts", "puts", 2, "a job").against(Target.exactly(1));
        report.add("Cost", List.of(broken, Figure.of("gets", "gets", 0, "").against(Target.exactly(0))));

        assertThat(report.broken()).containsExactly(broken);
    }

    @Test
    void hasTheSameAsJson() {
        report.add(
                "Idle",
                List.of(Figure.of("idle.started", "submit → started", new Percentiles(List.of(41.5)), "ms")
                        .against(Target.atMost(30))));
        var receives = new CallKind(CallKind.SQS, "ReceiveMessage", "master");
        report.add(new CallTable(
                "calls", 4, new Calls(new TreeMap<>(Map.of(receives, new CallCount(6, 1, 0, 8, 2, 0, 0))))));
        report.note("How.");

        JsonNode json = JsonMapper.builder().build().valueToTree(report.json());

        assertThat(json.at("/machine/jvm").asText()).isEqualTo("a JVM");
        assertThat(json.at("/figures/0/key").asText()).isEqualTo("idle.started");
        assertThat(json.at("/figures/0/p50").asDouble()).isEqualTo(41.5);
        assertThat(json.at("/figures/0/target/met").asBoolean()).isFalse();
        assertThat(json.at("/calls/0/operations/0/callsPerJob").asDouble()).isEqualTo(1.5);
        assertThat(json.at("/calls/0/operations/0/empty").asInt()).isEqualTo(2);
        assertThat(json.at("/notes/0").asText()).isEqualTo("How.");
    }
}
