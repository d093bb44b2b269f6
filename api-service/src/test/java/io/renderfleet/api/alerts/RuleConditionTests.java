package io.renderfleet.api.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.api.alerts.RuleCondition.InvalidConditionException;
import io.renderfleet.api.alerts.RuleCondition.Outcome;
import io.renderfleet.api.events.EventServer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleConditionTests {
    private static final String RESULT = """
            {"tasks": [{"output": {"risk": "low", "score": 1, "text": "a"}}, {"error": {"code": "refused"}},
                       {"output": {"risk": "high", "score": 0.5, "big": 99999999999999999999, "none": null}}]}""";

    private static Outcome evaluate(String when) throws Exception {
        Map<String, Object> variables = RuleCondition.variables(EventServer.event("camera-7", RESULT));
        return RuleCondition.compile(when).evaluate(variables);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    result.tasks.exists(t, t.output.risk == 'high') | TRUE
                    result.tasks.exists(t, has(t.output) && t.output.risk == 'medium') | FALSE
                    result.tasks.exists(t, t.output.risk == 'medium') | MISSING
                    result.tasks[0].output.score > 0.5 && result.tasks[2].output.score < 1 | TRUE
                    event.source.cameraId == 'camera-7' && event.status == 'COMPLETED' | TRUE
                    event.source.cameraId.startsWith('camera-') && event.type == 'render' | FALSE
                    result.labels.size() > 3 | MISSING
                    result.tasks[0].output.text > 3 | ERROR
                    result.tasks[9].output.risk == 'high' | MISSING
                    result.tasks[2].output.big > 3 && result.tasks[2].output.none == null | TRUE
                    1 / 0 == 1 | ERROR
                    """)
    void readsTheEventAndTheResult(String when, Outcome expected) throws Exception {
        assertThat(evaluate(when)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    result.tasks.exists(t, | at line 1, column 23
                    evnt.status == 'FAILED' | undeclared reference to 'evnt'
                    1 + 'a' == 2 | no matching overload
                    1 + 1 | expected type 'bool'
                    event.foo() | undeclared reference to 'foo'
                    ' ' | is required
                    """)
    void saysWhereAndWhyAnExpressionIsNotValid(String when, String reason) {
        assertThatExceptionOfType(InvalidConditionException.class)
                .isThrownBy(() -> RuleCondition.compile(when))
                .withMessageContaining(reason);
    }

    @Test
    void refusesExpressionsThatAreTooLongOrTooDeep() {
        for (String when : new String[] {"true" + " || true".repeat(300), "(".repeat(900) + "true" + ")".repeat(900)}) {
            assertThatExceptionOfType(InvalidConditionException.class).isThrownBy(() -> RuleCondition.compile(when));
        }
    }

    /** Each has at most 2,000 characters and would take minutes or gigabytes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "exists", "map",
            })
    void endsAConditionThatTakesTooLong(String macro) throws Exception {
        String list = "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29]";
        String bomb = "a + b + c + d + e < 0";
        for (String variable : new String[] {"e", "d", "c", "b", "a"}) {
            bomb = macro.equals("exists")
                    ? list + ".exists(" + variable + ", " + bomb + ")"
                    : list + ".map(" + variable + ", " + (bomb.startsWith("a ") ? "string(a + b)" : bomb) + ")";
        }
        String when = macro.equals("exists") ? bomb : bomb + ".size() < 0";
        long started = System.nanoTime();
        assertThat(evaluate(when)).isEqualTo(Outcome.LIMIT);
        assertThat(System.nanoTime() - started).isLessThan(20_000_000_000L);
    }

    @Test
    void aResultThatIsMissingIsNoError() throws Exception {
        var failed = EventServer.event("camera-7", "null");
        assertThat(RuleCondition.compile("result.tasks.size() > 0").evaluate(RuleCondition.variables(failed)))
                .isEqualTo(Outcome.MISSING);
    }
}
