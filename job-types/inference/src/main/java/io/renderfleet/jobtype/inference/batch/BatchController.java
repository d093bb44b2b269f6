package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.identity.Caller;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.batch.Batch.Cancelled;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.renderfleet.upload.UploadCapacity;
import io.renderfleet.upload.UploadedFile;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Accepts, shows and cancels batches, and links to their results. */
@RestController
class BatchController {
    private static final String JSON_LINES = "application/jsonl";
    private static final String NDJSON = "application/x-ndjson";
    private static final String OWNER =
            "The owner of the batch. If it is given, a batch of another user is answered with batch-not-found.";
    private static final String REPLAYED = "Idempotent-Replayed";
    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private static final String POLL_AFTER_SECONDS = "5";
    private static final Duration LINK_LIFETIME = Duration.ofMinutes(15);

    private static final String EXAMPLE = """
            {"custom_id": "a-1", "body": {"model": "assessment", "messages": [{"role": "user", "content": "Is rain a risk?"}]}}
            {"custom_id": "a-2", "body": {"model": "assessment", "messages": [{"role": "user", "content": "Is fog a risk?"}], "max_completion_tokens": 300}}
            """;

    private final BatchIntake intake;
    private final BatchStore store;
    private final BatchFiles files;
    private final BatchLoop loop;
    private final UploadCapacity capacity;

    BatchController(BatchIntake intake, BatchStore store, BatchFiles files, BatchLoop loop, UploadCapacity capacity) {
        this.intake = intake;
        this.store = store;
        this.files = files;
        this.loop = loop;
        this.capacity = capacity;
    }

    @Operation(
            operationId = "submitBatch",
            summary = "Submit a batch of tasks",
            description = "Accepts up to 50,000 tasks as JSON Lines of up to 100 MB, each in the form of a line of"
                    + " OpenAI's batches. Every line is validated before the response; if one is not valid, nothing is"
                    + " accepted. The service makes jobs of up to 64 tasks of the lines and submits them one after"
                    + " another, also if limits delay them.",
            tags = "inference",
            requestBody =
                    @RequestBody(
                            required = true,
                            description =
                                    "One JSON object in each line of up to 64 KB. custom_id and body are required;"
                                            + " method and url may be POST and /v1/chat/completions. The body has model,"
                                            + " messages, max_completion_tokens (or max_tokens), temperature and"
                                            + " response_format; other fields are refused.",
                            content = {
                                @Content(
                                        mediaType = JSON_LINES,
                                        schema = @Schema(type = "string"),
                                        examples = @ExampleObject(value = EXAMPLE)),
                                @Content(mediaType = NDJSON, schema = @Schema(type = "string"))
                            }))
    @ApiResponse(
            responseCode = "202",
            description = "The batch was accepted.",
            headers = @Header(name = HttpHeaders.LOCATION, description = "The URL of the batch."))
    @Refuses({
        "invalid-request",
        "upload-too-slow",
        "body-too-large",
        "unsupported-media-type",
        "idempotency-conflict",
        "busy"
    })
    @PostMapping(
            path = "/batches",
            consumes = {JSON_LINES, NDJSON},
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<BatchView> submit(
            HttpServletRequest request,
            @Parameter(
                            description =
                                    "The owner of the batch and its jobs. By default the subject of the token; only"
                                            + " operators can name another user. Required if the service does not authenticate"
                                            + " its callers.",
                            example = "user-1")
                    @RequestParam(required = false)
                    @Nullable
                    String userId,
            @Parameter(
                            description = "The priority of the jobs. By default LOW, so that other jobs do not wait for"
                                    + " a batch.",
                            schema = @Schema(implementation = Priority.class, defaultValue = "LOW"))
                    @RequestParam(required = false)
                    @Nullable
                    String priority,
            @Parameter(
                            description =
                                    "1 to 255 printable ASCII characters. A repeat of the same request with the same"
                                            + " key gets the same batch.")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String key,
            Caller caller)
            throws IOException {
        Violations violations = new Violations();
        UserId user = caller.actingFor(userId, violations);
        Priority wanted = priority(priority, violations);
        if (key != null && !KEY.matcher(key).matches()) {
            violations.add("Idempotency-Key", "must be 1 to 255 printable ASCII characters");
        }
        violations.throwIfAny();
        BatchIntake.Accepted accepted;
        try (UploadedFile file = capacity.receive(request.getInputStream(), request.getContentLengthLong())) {
            accepted = intake.accept(Objects.requireNonNull(user), wanted, key, file.path());
        }
        BatchId id = accepted.batch().id();
        loop.soon(id);
        var response = ResponseEntity.accepted()
                .location(BatchView.self(id))
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.RETRY_AFTER, POLL_AFTER_SECONDS);
        if (accepted.replayed()) {
            response.header(REPLAYED, "true");
        }
        return response.body(BatchView.of(accepted.batch()));
    }

    @Operation(operationId = "getBatch", summary = "Get a batch", tags = "inference")
    @ApiResponse(
            responseCode = "200",
            description = "The state of the batch. The counts follow the jobs with a delay of up to 30 seconds.",
            headers =
                    @Header(
                            name = HttpHeaders.RETRY_AFTER,
                            description =
                                    "The number of seconds to wait before the next poll. Sent until the batch is over."))
    @Refuses({"invalid-request", "batch-not-found"})
    @GetMapping(path = "/batches/{batchId}", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<BatchView> batch(
            @PathVariable String batchId,
            @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId,
            Caller caller) {
        Batch batch = find(batchId, userId, caller);
        var response = ResponseEntity.ok().cacheControl(CacheControl.noStore());
        if (batch.endedAt() == null) {
            response.header(HttpHeaders.RETRY_AFTER, POLL_AFTER_SECONDS);
        }
        return response.body(BatchView.of(batch));
    }

    @Operation(
            operationId = "cancelBatch",
            summary = "Cancel a batch",
            description = "Submits no more jobs and cancels those that are not over. The batch is cancelled when all of"
                    + " them are; the output has the answers that there are. The call can be repeated.",
            tags = "inference")
    @ApiResponse(responseCode = "202", description = "The batch as it is now.")
    @Refuses({"invalid-request", "batch-not-found", "batch-over"})
    @PostMapping(path = "/batches/{batchId}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<BatchView> cancel(
            @PathVariable String batchId,
            @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId,
            Caller caller) {
        BatchId id = find(batchId, userId, caller).id();
        switch (store.cancel(id, Cancelled.BY_USER)) {
            case UNKNOWN -> throw BatchProblems.unknown();
            case OVER ->
                throw ProblemException.of(
                        BatchProblems.OVER,
                        "The batch is over and can no longer be cancelled. GET /batches/" + id
                                + " links to its results.");
            case REQUESTED -> loop.soon(id);
            case REPEATED -> {}
        }
        return ResponseEntity.accepted()
                .cacheControl(CacheControl.noStore())
                .body(BatchView.of(find(batchId, userId, caller)));
    }

    @Operation(
            operationId = "getBatchOutput",
            summary = "Get the answers of a batch",
            description =
                    "JSON Lines in the order of the lines of the batch, in the form of OpenAI's batches: custom_id,"
                            + " and the answer in response.body.choices[0].message.content. Lines without an answer are in the"
                            + " errors.",
            tags = "inference")
    @ApiResponse(
            responseCode = "302",
            description = "Location has a link to the file. Anyone who has the link can read it until it expires.",
            headers = @Header(name = HttpHeaders.LOCATION))
    @Refuses({"invalid-request", "batch-not-found", "batch-not-over"})
    @GetMapping("/batches/{batchId}/output")
    ResponseEntity<Void> output(
            @PathVariable String batchId,
            @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId,
            Caller caller) {
        return redirect(find(batchId, userId, caller), BatchFiles.Kind.OUTPUT);
    }

    @Operation(
            operationId = "getBatchErrors",
            summary = "Get the errors of a batch",
            description = "JSON Lines in the order of the lines of the batch: custom_id, and error with a code and a"
                    + " message. The file is empty if every line has an answer.",
            tags = "inference")
    @ApiResponse(
            responseCode = "302",
            description = "Location has a link to the file. Anyone who has the link can read it until it expires.",
            headers = @Header(name = HttpHeaders.LOCATION))
    @Refuses({"invalid-request", "batch-not-found", "batch-not-over"})
    @GetMapping("/batches/{batchId}/errors")
    ResponseEntity<Void> errors(
            @PathVariable String batchId,
            @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId,
            Caller caller) {
        return redirect(find(batchId, userId, caller), BatchFiles.Kind.ERRORS);
    }

    private ResponseEntity<Void> redirect(Batch batch, BatchFiles.Kind kind) {
        String results = batch.results();
        if (results == null) {
            throw ProblemException.of(
                    BatchProblems.NOT_OVER,
                    "The results are complete when the batch is over. Repeat the request when GET /batches/"
                            + batch.id() + " has links to them.");
        }
        return ResponseEntity.status(HttpStatus.FOUND)
                .location(files.link(batch.id(), results, kind, LINK_LIFETIME))
                .cacheControl(CacheControl.noStore())
                .build();
    }

    private Batch find(String batchId, @Nullable String userId, Caller caller) {
        Violations violations = new Violations();
        UserId owner = caller.onlyOwner(userId, violations);
        violations.throwIfAny();
        BatchId id;
        try {
            id = BatchId.of(batchId);
        } catch (IllegalArgumentException e) {
            throw BatchProblems.unknown();
        }
        return store.find(id)
                .filter(batch -> owner == null || batch.user().equals(owner))
                .orElseThrow(BatchProblems::unknown);
    }

    private static Priority priority(@Nullable String name, Violations violations) {
        if (name == null) {
            return Priority.LOW;
        }
        return Arrays.stream(Priority.values())
                .filter(priority -> priority.name().equals(name))
                .findFirst()
                .orElseGet(() -> {
                    violations.add("priority", "must be HIGH, NORMAL or LOW");
                    return Priority.LOW;
                });
    }
}
