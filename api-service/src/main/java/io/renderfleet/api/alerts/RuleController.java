package io.renderfleet.api.alerts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.alert.AlertRule;
import io.renderfleet.alert.AlertRule.Severity;
import io.renderfleet.alert.RuleStore;
import io.renderfleet.api.alerts.RuleCondition.InvalidConditionException;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.api.body.LimitedBody;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists, saves and deletes the rules of alerts, for operators. */
@RestController
class RuleController {
    private static final DataSize MAX_BODY = DataSize.ofKilobytes(16);
    private static final String EXAMPLE = """
            {
              "when": "result.tasks.exists(t, t.output.risk == 'high')",
              "message": "A high risk was seen",
              "severity": "CRITICAL"
            }""";

    private static final Logger log = LoggerFactory.getLogger(RuleController.class);

    private final AlertRules rules;
    private final RuleStore store;

    RuleController(AlertRules rules, RuleStore store) {
        this.rules = rules;
        this.store = store;
    }

    /** The body of a request that saves a rule. */
    @Schema(name = "AlertRuleRequest")
    record RuleRequest(
            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    maxLength = AlertRule.MAX_WHEN,
                    example = "result.tasks.exists(t, t.output.risk == 'high')",
                    description = """
                            An expression in CEL (Common Expression Language). `event` has `jobId`, `userId`, `type`, \
                            `status`, `createdAt`, `finishedAt`, `attempts` and `source`; `result` is the result of the \
                            job, if it is JSON of at most 32 KB. A condition on a field that an event does not have is \
                            false.""")
            @Nullable
            String when,

            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    maxLength = AlertRule.MAX_MESSAGE,
                    example = "A high risk was seen")
            @Nullable
            String message,

            @Schema(
                    defaultValue = "WARNING",
                    allowableValues = {"INFO", "WARNING", "CRITICAL"})
            @Nullable
            String severity) {}

    /** A rule in an answer. */
    @Schema(name = "AlertRule")
    record RuleView(
            String name,
            String when,
            String message,
            Severity severity,

            @Schema(description = "Whether the rule is in the settings of the service, and cannot be changed here.")
            boolean fixed) {
        static RuleView of(AlertRule rule, boolean fixed) {
            return new RuleView(rule.name(), rule.when(), rule.message(), rule.severity(), fixed);
        }
    }

    /** The answer to a listing. */
    @Schema(name = "AlertRules")
    record RulesAnswer(List<RuleView> rules) {}

    @Operation(operationId = "listAlertRules", summary = "List the rules of alerts", tags = "alerts")
    @ApiResponse(responseCode = "200", description = "The rules of the settings, then the saved ones, by name.")
    @Refuses({"operators-only"})
    @GetMapping(path = "/alerts/rules", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RulesAnswer> list() {
        List<RuleView> views = new ArrayList<>();
        rules.fixed().values().forEach(rule -> views.add(RuleView.of(rule.rule(), true)));
        store.all(true).values().stream()
                .filter(rule -> !rules.isFixed(rule.name()))
                .forEach(rule -> views.add(RuleView.of(rule, false)));
        return answer(new RulesAnswer(views));
    }

    @Operation(
            operationId = "saveAlertRule",
            summary = "Save a rule of alerts",
            description = "Saves a rule, or replaces the one with this name. It is in effect within five seconds.",
            tags = "alerts",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(implementation = RuleRequest.class),
                                            examples = @ExampleObject(value = EXAMPLE))))
    @ApiResponse(responseCode = "200", description = "The rule as it was saved.")
    @Refuses({
        "malformed-json",
        "upload-too-slow",
        "invalid-request",
        "operators-only",
        "body-too-large",
        "unsupported-media-type",
        "busy"
    })
    @PutMapping(
            path = "/alerts/rules/{name}",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RuleView> save(
            @Parameter(example = "high-risk") @PathVariable String name, HttpServletRequest request) {
        Violations violations = new Violations();
        ObjectNode body = JsonBody.object(LimitedBody.read(request, MAX_BODY), violations);
        RuleRequest given = JsonBody.bind(body, RuleRequest.class, Set.of(), violations);
        if (given == null) {
            throw ProblemException.invalid(violations.errors());
        }
        AlertRule rule = rule(name, given, violations);
        if (!store.save(rule)) {
            violations.add("name", "is new, and there are " + RuleStore.MAX_RULES + " rules already; delete one first");
            violations.throwIfAny();
        }
        log.info("An operator saved the alert rule {}: {}", name, rule.when());
        return answer(RuleView.of(rule, false));
    }

    private AlertRule rule(String name, RuleRequest given, Violations violations) {
        if (!AlertRule.isName(name)) {
            violations.add("name", "must be a lower-case letter, then up to 31 of a-z, 0-9 and the hyphen");
        } else if (rules.isFixed(name)) {
            violations.add(
                    "name", "is the name of a rule in the settings of the service, which cannot be changed here");
        }
        String when = Objects.requireNonNullElse(given.when(), "");
        if (!violations.has("when")) {
            try {
                var _ = RuleCondition.compile(when);
            } catch (InvalidConditionException e) {
                violations.add("when", Objects.requireNonNullElse(e.getMessage(), "is not valid"));
            }
        }
        String message = Objects.requireNonNullElse(given.message(), "").strip();
        if (!violations.has("message") && (message.isEmpty() || message.length() > AlertRule.MAX_MESSAGE)) {
            violations.add("message", "must have 1 to " + AlertRule.MAX_MESSAGE + " characters");
        }
        String severity = Objects.requireNonNullElse(given.severity(), Severity.WARNING.name());
        if (Arrays.stream(Severity.values()).noneMatch(known -> known.name().equals(severity))) {
            violations.add(
                    "severity",
                    "must be one of "
                            + Arrays.stream(Severity.values()).map(Enum::name).collect(Collectors.joining(", ")));
        }
        violations.throwIfAny();
        return new AlertRule(name, when, message, Severity.valueOf(severity));
    }

    @Operation(operationId = "deleteAlertRule", summary = "Delete a rule of alerts", tags = "alerts")
    @ApiResponse(responseCode = "204", description = "The rule is deleted, and out of effect within five seconds.")
    @Refuses({"operators-only", "alert-rule-not-found"})
    @DeleteMapping("/alerts/rules/{name}")
    ResponseEntity<Void> delete(@Parameter(example = "high-risk") @PathVariable String name) {
        if (!AlertRule.isName(name) || !store.delete(name)) {
            throw ProblemException.of(
                    ProblemType.ALERT_RULE_NOT_FOUND,
                    rules.isFixed(name)
                            ? "The rule is in the settings of the service. Remove it there."
                            : "There is no saved rule with this name. GET /alerts/rules lists the rules.");
        }
        log.info("An operator deleted the alert rule {}", name);
        return ResponseEntity.noContent().build();
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
