package io.renderfleet.api.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.NullValue;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.renderfleet.alert.AlertRule;
import io.renderfleet.completion.CompletionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A compiled condition: an expression in CEL (Common Expression Language), which has no loops, calls nothing and ends.
 * Its work is limited: {@value #MAX_ITERATIONS} iterations of all its macros together, {@value #MAX_STEPS} steps, and
 * {@link #MAX_TIME} if that took more than a few steps.
 *
 * <p>Thread-safe.
 */
final class RuleCondition {
    private static final int MAX_ITERATIONS = 5_000;
    private static final int MAX_STEPS = 100_000;
    private static final Duration MAX_TIME = Duration.ofMillis(100);

    /** A condition with fewer steps is not ended by time, which then went by in a pause of this process. */
    private static final int FEW_STEPS = 1_000;

    private static final CelOptions OPTIONS = CelOptions.current()
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .maxExpressionCodePointSize(AlertRule.MAX_WHEN)
            .maxParseRecursionDepth(50)
            // JSON does not tell 1 from 1.0.
            .enableHeterogeneousNumericComparisons(true)
            .build();

    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("event", MapType.create(SimpleType.STRING, SimpleType.DYN))
            .addVar("result", SimpleType.DYN)
            .setResultType(SimpleType.BOOL)
            .build();

    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();

    private final CelRuntime.Program program;

    private RuleCondition(CelRuntime.Program program) {
        this.program = program;
    }

    /** An expression that is not valid; its text says where and why. */
    static final class InvalidConditionException extends Exception {
        private static final long serialVersionUID = 1;

        InvalidConditionException(String reason) {
            super(reason);
        }
    }

    /** The outcome of an evaluation. */
    enum Outcome {
        TRUE,
        FALSE,
        /** The event has no such field or element, as events of other job types or of failed jobs do not. */
        MISSING,
        /** The condition compares values of different types, divides by zero or the like. */
        ERROR,
        /** The condition takes too long. */
        LIMIT
    }

    static RuleCondition compile(String when) throws InvalidConditionException {
        if (when.isBlank()) {
            throw new InvalidConditionException("is required");
        }
        if (when.length() > AlertRule.MAX_WHEN) {
            throw new InvalidConditionException("must have at most " + AlertRule.MAX_WHEN + " characters");
        }
        try {
            return new RuleCondition(
                    RUNTIME.createProgram(COMPILER.compile(when).getAst()));
        } catch (CelValidationException e) {
            List<CelIssue> errors = e.getErrors();
            CelIssue first = errors.getFirst();
            throw new InvalidConditionException("is not valid at line "
                    + first.getSourceLocation().getLine() + ", column "
                    + (first.getSourceLocation().getColumn() + 1) + ": " + first.getMessage());
        } catch (CelEvaluationException e) {
            throw new InvalidConditionException("is not valid: " + e.getMessage());
        }
    }

    /** The variables of an event, which all conditions share. */
    static Map<String, Object> variables(CompletionEvent event) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("jobId", event.jobId().toString());
        fields.put("userId", event.userId().value());
        fields.put("type", event.type().value());
        fields.put("status", event.status().name());
        fields.put("createdAt", event.createdAt().toString());
        fields.put("finishedAt", event.finishedAt().toString());
        fields.put("attempts", (long) event.attempts());
        fields.put("source", event.source());
        return Map.of("event", fields, "result", event.result() == null ? Map.of() : value(event.result()));
    }

    /** A JSON value in the types of CEL, which has integers of 64 bits. The event limits the depth. */
    private static Object value(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = new HashMap<>();
                json.properties().forEach(field -> map.put(field.getKey(), value(field.getValue())));
                yield map;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                json.forEach(element -> list.add(value(element)));
                yield list;
            }
            case NUMBER -> number(json);
            case BOOLEAN -> json.booleanValue();
            case STRING -> json.textValue();
            default -> NullValue.NULL_VALUE;
        };
    }

    private static Number number(JsonNode json) {
        if (json.isIntegralNumber() && json.canConvertToLong()) {
            return json.longValue();
        }
        return json.doubleValue();
    }

    /** Evaluates the condition. Never throws. */
    Outcome evaluate(Map<String, Object> variables) {
        Budget budget = new Budget();
        try {
            return Boolean.TRUE.equals(program.trace(variables, (_, _) -> budget.step()))
                    ? Outcome.TRUE
                    : Outcome.FALSE;
        } catch (CelEvaluationException e) {
            if (budget.isSpent() || e.getErrorCode() == CelErrorCode.ITERATION_BUDGET_EXCEEDED) {
                return Outcome.LIMIT;
            }
            return e.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND
                            || e.getErrorCode() == CelErrorCode.INDEX_OUT_OF_BOUNDS
                    ? Outcome.MISSING
                    : Outcome.ERROR;
        } catch (RuntimeException | StackOverflowError e) {
            return Outcome.ERROR;
        }
    }

    /** The steps and the time of one evaluation. Confined to its thread. */
    private static final class Budget {
        private final long started = System.nanoTime();
        private int steps;
        private boolean spent;

        void step() {
            steps++;
            if (steps > MAX_STEPS || (steps > FEW_STEPS && System.nanoTime() - started > MAX_TIME.toNanos())) {
                spent = true;
                throw new IllegalStateException("The condition takes too long.");
            }
        }

        boolean isSpent() {
            return spent;
        }
    }
}
