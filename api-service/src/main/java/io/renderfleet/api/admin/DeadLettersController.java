package io.renderfleet.api.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.api.body.LimitedBody;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows dead letters, sends them again and deletes them. */
@RestController
class DeadLettersController {
    private static final DataSize MAX_BODY = DataSize.ofKilobytes(16);
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LISTED = 500;
    private static final int MAX_SETTLED = 1000;
    private static final String LIMIT = "limit";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");
    private static final Logger log = LoggerFactory.getLogger(DeadLettersController.class);

    private final LetterFilterReader filters;
    private final DeadLetters letters;
    private final LetterRun run;
    private final LetterActions actions;

    DeadLettersController(LetterFilterReader filters, DeadLetters letters, LetterRun run, LetterActions actions) {
        this.filters = filters;
        this.letters = letters;
        this.run = run;
        this.actions = actions;
    }

    @Operation(
            summary = "List dead letters",
            description = "What SQS gave up on, longest dead first: at most limit letters of each queue are looked at.",
            tags = "admin",
            parameters = {
                @Parameter(in = ParameterIn.QUERY, name = "messageId", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "jobId", schema = @Schema(type = "string", format = "uuid")),
                @Parameter(in = ParameterIn.QUERY, name = "userId", schema = @Schema(type = "string")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "region",
                        description = "Where the letter's job was last sent; without a job, where the queue is.",
                        schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "queue", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "pool", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "lane", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "cause", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "olderThan", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "youngerThan", schema = @Schema(type = "string")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = LIMIT,
                        schema = @Schema(type = "integer", minimum = "1", maximum = "500", defaultValue = "100"))
            })
    @ApiResponse(responseCode = "200", description = "The letters, and how many each queue has.")
    @Refuses({"invalid-request", "operator-token-required", "operators-only"})
    @GetMapping(path = "/admin/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DeadLetterView.Answer> list(HttpServletRequest request) {
        Violations violations = new Violations();
        Map<String, String[]> parameters = request.getParameterMap();
        LetterFilter filter = filters.read(name -> first(parameters, name), violations);
        int most = limit(parameters, MAX_LISTED, violations);
        violations.throwIfAny();
        return answer(letters.list(filter, most));
    }

    @Operation(
            summary = "Send dead letters again",
            description =
                    "Opens the jobs of the letters that agree with every filter given, and sends them. Letters"
                            + " that stand for nothing any more are deleted, those that are not ours are kept. May be repeated.",
            tags = "admin",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(implementation = RedriveRequest.class))))
    @ApiResponse(responseCode = "200", description = "What became of each letter that was meant.")
    @Refuses({
        "malformed-json",
        "upload-too-slow",
        "invalid-request",
        "filter-required",
        "operator-token-required",
        "operators-only",
        "body-too-large",
        "unsupported-media-type"
    })
    @PostMapping(
            path = "/admin/dead-letters/redrive",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RedriveAnswer> redrive(HttpServletRequest request) {
        Violations violations = new Violations();
        ObjectNode body = JsonBody.object(LimitedBody.read(request, MAX_BODY), violations);
        RedriveRequest wanted = JsonBody.bind(body, RedriveRequest.class, Set.of(), violations);
        if (wanted == null) {
            throw ProblemException.invalid(violations.errors());
        }
        LetterFilter filter = filters.read(wanted::text, violations);
        int limit = wanted.limit() == null ? DEFAULT_LIMIT : wanted.limit();
        checkLimit(limit, MAX_SETTLED, violations);
        violations.throwIfAny();
        requireFilter(filter);
        RedriveAnswer done = RedriveAnswer.of(run.run(filter, limit, actions::redrive));
        log.info(
                "An operator sent dead letters again, {}: {} redriven, {} obsolete, {} kept, {} failed",
                filter,
                done.redriven(),
                done.obsolete(),
                done.kept(),
                done.failed());
        return answer(done);
    }

    @Operation(
            summary = "Delete dead letters",
            description =
                    "Deletes the letters that agree with every filter given: those that are not ours, have no job or"
                            + " stand for nothing, and those of jobs that have failed, which can still be retried. May be repeated.",
            tags = "admin",
            parameters = {
                @Parameter(in = ParameterIn.QUERY, name = "messageId", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "jobId", schema = @Schema(type = "string", format = "uuid")),
                @Parameter(in = ParameterIn.QUERY, name = "userId", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "region", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "queue", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "pool", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "lane", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "cause", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "olderThan", schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "youngerThan", schema = @Schema(type = "string")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = LIMIT,
                        schema = @Schema(type = "integer", minimum = "1", maximum = "1000", defaultValue = "100"))
            })
    @ApiResponse(responseCode = "200", description = "What became of each letter that was meant.")
    @Refuses({"invalid-request", "filter-required", "operator-token-required", "operators-only"})
    @DeleteMapping(path = "/admin/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DeletionAnswer> delete(HttpServletRequest request) {
        Violations violations = new Violations();
        Map<String, String[]> parameters = request.getParameterMap();
        LetterFilter filter = filters.read(name -> first(parameters, name), violations);
        int most = limit(parameters, MAX_SETTLED, violations);
        violations.throwIfAny();
        requireFilter(filter);
        DeletionAnswer done = DeletionAnswer.of(run.run(filter, most, actions::delete));
        log.info(
                "An operator deleted dead letters, {}: {} deleted, {} kept, {} failed",
                filter,
                done.deleted(),
                done.kept(),
                done.failed());
        return answer(done);
    }

    private static void requireFilter(LetterFilter filter) {
        if (filter.isEmpty()) {
            throw ProblemException.of(
                    ProblemType.FILTER_REQUIRED,
                    "Say which letters: give at least one of " + String.join(", ", LetterFilterReader.NAMES) + ".");
        }
    }

    private static int limit(Map<String, String[]> parameters, int max, Violations violations) {
        String limit = first(parameters, LIMIT);
        int most = limit == null ? DEFAULT_LIMIT : NUMBER.matcher(limit).matches() ? Integer.parseInt(limit) : 0;
        checkLimit(most, max, violations);
        return most;
    }

    private static void checkLimit(int limit, int max, Violations violations) {
        if (limit < 1 || limit > max) {
            violations.add(LIMIT, "must be from 1 to " + max);
        }
    }

    private static @Nullable String first(Map<String, String[]> parameters, String name) {
        String[] values = parameters.get(name);
        return values == null ? null : values[0];
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
