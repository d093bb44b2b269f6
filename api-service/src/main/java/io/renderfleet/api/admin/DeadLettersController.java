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
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ExtendedServletRequestDataBinder;

/** Lists dead letters, sends their jobs again and deletes them. */
@RestController
class DeadLettersController {
    private static final DataSize MAX_BODY = DataSize.ofKilobytes(16);
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LISTED = 500;
    private static final int MAX_PROCESSED = 1000;
    private static final String EXAMPLE = """
            {"region": "us-east-1", "cause": "worker-crash-loop", "olderThan": "PT10M"}""";

    private static final String LIMIT = "limit";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");
    private static final Logger log = LoggerFactory.getLogger(DeadLettersController.class);

    private final DeadLetterFilterReader filters;
    private final DeadLetters letters;
    private final DeadLetterProcessor processor;
    private final DeadLetterActions actions;

    DeadLettersController(
            DeadLetterFilterReader filters,
            DeadLetters letters,
            DeadLetterProcessor processor,
            DeadLetterActions actions) {
        this.filters = filters;
        this.letters = letters;
        this.processor = processor;
        this.actions = actions;
    }

    /** Keeps Spring from reading filters from request headers, as it does for a parameter object by default. */
    @InitBinder
    void readParametersOnly(ExtendedServletRequestDataBinder binder) {
        binder.setHeaderPredicate(header -> false);
    }

    @Operation(
            operationId = "listDeadLetters",
            summary = "List dead letters",
            description =
                    "Lists the messages that SQS moved to a dead-letter queue, oldest first. At most limit letters of"
                            + " each queue are read, and a letter that is read is hidden from other calls for a moment.",
            tags = "admin")
    @ApiResponse(
            responseCode = "200",
            description = "The letters, and the number of letters in each queue that was read.")
    @Refuses({"invalid-request", "operators-only"})
    @GetMapping(path = "/admin/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DeadLetterView.Answer> list(
            @ParameterObject DeadLetterQuery query,
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "500", defaultValue = "100"))
                    @RequestParam(name = LIMIT, required = false)
                    @Nullable
                    String limit) {
        Violations violations = new Violations();
        DeadLetterFilter filter = filters.read(query, violations);
        int checkedLimit = limit(limit, MAX_LISTED, violations);
        violations.throwIfAny();
        return answer(letters.list(filter, checkedLimit));
    }

    @Operation(
            operationId = "redriveDeadLetters",
            summary = "Send dead letters again",
            description =
                    "Reopens the jobs of the letters that match every given filter, and sends them again. Obsolete"
                            + " letters, whose job is over or has a newer message, are deleted. Letters that are not"
                            + " messages of this system are kept. At least one filter is required. The request can be"
                            + " repeated.",
            tags = "admin",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(implementation = RedriveRequest.class),
                                            examples = @ExampleObject(value = EXAMPLE))))
    @ApiResponse(responseCode = "200", description = "The outcome for each matching letter.")
    @Refuses({
        "malformed-json",
        "upload-too-slow",
        "invalid-request",
        "filter-required",
        "operators-only",
        "body-too-large",
        "unsupported-media-type",
        "busy"
    })
    @PostMapping(
            path = "/admin/dead-letters/redrive",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RedriveAnswer> redrive(HttpServletRequest request) {
        Violations violations = new Violations();
        ObjectNode body = JsonBody.object(LimitedBody.read(request, MAX_BODY), violations);
        RedriveRequest redrive = JsonBody.bind(body, RedriveRequest.class, Set.of(), violations);
        if (redrive == null) {
            throw ProblemException.invalid(violations.errors());
        }
        DeadLetterFilter filter = filters.read(redrive.query(), violations);
        int limit = redrive.limit() == null ? DEFAULT_LIMIT : redrive.limit();
        checkLimit(limit, MAX_PROCESSED, violations);
        violations.throwIfAny();
        requireFilter(filter);
        RedriveAnswer done = RedriveAnswer.of(processor.process(filter, limit, actions::redrive));
        log.info(
                "An operator redrove the dead letters that match {}: {} redriven, {} obsolete, {} kept, {} failed",
                filter,
                done.redriven(),
                done.obsolete(),
                done.kept(),
                done.failed());
        return answer(done);
    }

    @Operation(
            operationId = "deleteDeadLetters",
            summary = "Delete dead letters",
            description =
                    "Deletes the letters that match every given filter: letters that are not messages of this system,"
                            + " that have no job or are obsolete, and letters of jobs that have failed, which can still be"
                            + " retried. At least one filter is required. The request can be repeated.",
            tags = "admin")
    @ApiResponse(responseCode = "200", description = "The outcome for each matching letter.")
    @Refuses({"invalid-request", "filter-required", "operators-only"})
    @DeleteMapping(path = "/admin/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<DeletionAnswer> delete(
            @ParameterObject DeadLetterQuery query,
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "1000", defaultValue = "100"))
                    @RequestParam(name = LIMIT, required = false)
                    @Nullable
                    String limit) {
        Violations violations = new Violations();
        DeadLetterFilter filter = filters.read(query, violations);
        int checkedLimit = limit(limit, MAX_PROCESSED, violations);
        violations.throwIfAny();
        requireFilter(filter);
        DeletionAnswer done = DeletionAnswer.of(processor.process(filter, checkedLimit, actions::delete));
        log.info(
                "An operator deleted the dead letters that match {}: {} deleted, {} kept, {} failed",
                filter,
                done.deleted(),
                done.kept(),
                done.failed());
        return answer(done);
    }

    private static void requireFilter(DeadLetterFilter filter) {
        if (filter.isEmpty()) {
            throw ProblemException.of(
                    ProblemType.FILTER_REQUIRED,
                    "Give at least one filter: " + String.join(", ", DeadLetterFilterReader.NAMES) + ".");
        }
    }

    private static int limit(@Nullable String text, int max, Violations violations) {
        int limit = text == null ? DEFAULT_LIMIT : NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
        checkLimit(limit, max, violations);
        return limit;
    }

    private static void checkLimit(int limit, int max, Violations violations) {
        if (limit < 1 || limit > max) {
            violations.add(LIMIT, "must be from 1 to " + max);
        }
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
