package io.renderfleet.api.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.api.body.LimitedBody;
import io.renderfleet.api.webhook.WebhookSender.Answer;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.renderfleet.webhook.Webhook;
import io.renderfleet.webhook.WebhookStore;
import io.renderfleet.webhook.WebhookStore.Saved;
import io.renderfleet.webhook.WebhookUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The caller's own webhook: where the events of its jobs go, and the secret that signs them. */
@RestController
class WebhookController {
    private static final DataSize MAX_BODY = DataSize.ofKilobytes(16);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final String EXAMPLE = "{\"url\": \"https://receiver.example.com/renderfleet\"}";
    private static final String OWNER = "The user whose webhook it is; by default the caller.";

    private final WebhookStore store;
    private final Callbacks callbacks;
    private final WebhookSender sender;
    private final DeliveryLimits limits;
    private final Clock clock;

    WebhookController(
            WebhookStore store, Callbacks callbacks, WebhookSender sender, DeliveryLimits limits, Clock clock) {
        this.store = store;
        this.callbacks = callbacks;
        this.sender = sender;
        this.limits = limits;
        this.clock = clock;
    }

    /** The body of a request that sets or tries a webhook. */
    @Schema(name = "WebhookRequest", description = "Unknown fields are refused.")
    record WebhookRequest(
            @Schema(
                    format = "uri",
                    maxLength = WebhookUrl.MAX_LENGTH,
                    example = "https://example.com/renderfleet",
                    description = "An https URL of a host with a public address, on port 443, without a user and a"
                            + " fragment.")
            @Nullable
            String url) {}

    /** A webhook in an answer. */
    @Schema(name = "Webhook")
    record WebhookView(
            @Schema(type = "string") UserId userId,

            @Schema(
                    description = "Where the events of the user's jobs go, without the query of the URL. Left out if"
                            + " there is no URL; then only jobs with a callbackUrl have events.")
            @Nullable
            String url,

            @Schema(
                    description =
                            "Signs the requests, as Standard Webhooks specifies. Only in the answer to the request"
                                    + " that made it: store it.",
                    example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            @Nullable
            String secret,

            Instant secretCreatedAt,

            @Schema(description = "Until when the secret before this one signs the requests too. Left out afterwards.")
            @Nullable
            Instant previousSecretUntil) {}

    /** What a receiver responded to a test. */
    @Schema(name = "WebhookTest")
    record TestView(
            boolean delivered,

            @Schema(description = "The HTTP status; left out if there was no complete response.") @Nullable
            Integer status,

            @Schema(description = "Why the event was not delivered.") @Nullable
            String error,

            @Schema(description = "The time from the start of the request to the response.")
            long durationMillis) {}

    @Operation(operationId = "getWebhook", summary = "Get your webhook", tags = "webhooks")
    @ApiResponse(responseCode = "200", description = "The webhook, without its secret.")
    @Refuses({"invalid-request", "other-user", "webhook-not-found"})
    @GetMapping(path = "/webhook", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<WebhookView> get(
            Caller caller, @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId) {
        UserId user = owner(caller, userId);
        return answer(view(user, find(user), false));
    }

    @Operation(
            operationId = "setWebhook",
            summary = "Set your webhook",
            description =
                    "When a job of yours ends, a signed request is sent to the URL: to the callbackUrl of the job if"
                            + " it has one, and to this URL otherwise. The first call makes the secret that signs both, and"
                            + " returns it once. Without a URL, only jobs with a callbackUrl have events. Jobs that are submitted"
                            + " 30 seconds later have events; earlier ones may have none.",
            tags = "webhooks",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(implementation = WebhookRequest.class),
                                            examples = @ExampleObject(value = EXAMPLE))))
    @ApiResponse(responseCode = "200", description = "The webhook, with its secret if this call made it.")
    @Refuses({
        "malformed-json",
        "upload-too-slow",
        "invalid-request",
        "other-user",
        "body-too-large",
        "unsupported-media-type",
        "busy"
    })
    @PutMapping(
            path = "/webhook",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<WebhookView> set(
            Caller caller,
            @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId,
            HttpServletRequest request) {
        UserId user = owner(caller, userId);
        Saved saved = store.save(user, url(request));
        callbacks.changed(user);
        return answer(view(user, saved.webhook(), saved.newSecret()));
    }

    @Operation(
            operationId = "removeWebhook",
            summary = "Remove the URL of your webhook",
            description = "Events that wait for another attempt are not sent any more, except those of jobs with a"
                    + " callbackUrl. The secret is kept.",
            tags = "webhooks")
    @ApiResponse(responseCode = "204", description = "There is no URL.")
    @Refuses({"invalid-request", "other-user"})
    @DeleteMapping("/webhook")
    ResponseEntity<Void> remove(
            Caller caller, @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId) {
        UserId user = owner(caller, userId);
        store.removeUrl(user);
        callbacks.changed(user);
        return ResponseEntity.noContent().build();
    }

    @Operation(
            operationId = "rotateWebhookSecret",
            summary = "Make a new secret for your webhook",
            description = "The secret before signs the requests too for another 24 hours, so that receivers can change"
                    + " in the meantime. An older one does not sign any more.",
            tags = "webhooks")
    @ApiResponse(responseCode = "200", description = "The webhook, with its new secret.")
    @Refuses({"invalid-request", "other-user", "webhook-not-found"})
    @PostMapping(path = "/webhook/secret", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<WebhookView> rotate(
            Caller caller, @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId) {
        UserId user = owner(caller, userId);
        return answer(view(user, store.rotate(user).orElseThrow(WebhookController::unknown), true));
    }

    @Operation(
            operationId = "tryWebhook",
            summary = "Try your webhook",
            description = "Sends a signed event of the type ping now, once, and returns what the receiver responded.",
            tags = "webhooks",
            requestBody =
                    @RequestBody(
                            required = true,
                            description = "With the URL to try; without one, that of the webhook.",
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(implementation = WebhookRequest.class),
                                            examples = @ExampleObject(value = EXAMPLE))))
    @ApiResponse(responseCode = "200", description = "The request was sent, or tried.")
    @Refuses({
        "malformed-json",
        "upload-too-slow",
        "invalid-request",
        "other-user",
        "webhook-not-found",
        "body-too-large",
        "unsupported-media-type",
        "busy"
    })
    @PostMapping(
            path = "/webhook/test",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<TestView> test(
            Caller caller,
            @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId,
            HttpServletRequest request) {
        UserId user = owner(caller, userId);
        String given = url(request);
        Webhook webhook = find(user);
        String url = given == null ? webhook.url() : given;
        if (url == null) {
            Violations violations = new Violations();
            violations.add("url", "is required, because the webhook has no URL");
            violations.throwIfAny();
        }
        URI target = URI.create(Objects.requireNonNull(url));
        try (DeliveryLimits.Permit permit = limits.tryAcquire(user, target.getHost())) {
            if (permit == null) {
                throw ProblemException.unavailable(
                        ProblemType.BUSY,
                        "As many requests to this host as allowed are waiting for its responses. Try again after"
                                + " Retry-After.",
                        RETRY_AFTER,
                        null);
            }
            Answer answer = sender.ping(url, webhook, "ping-" + UUID.randomUUID());
            permit.responded(answer.status() != null);
            return answer(new TestView(
                    answer.isSuccess(),
                    answer.status(),
                    answer.error(),
                    answer.duration().toMillis()));
        }
    }

    private static UserId owner(Caller caller, @Nullable String userId) {
        Violations violations = new Violations();
        UserId user = caller.actingFor(userId, violations);
        violations.throwIfAny();
        return Objects.requireNonNull(user, "A user that is missing is a violation.");
    }

    /** The valid URL of a body; null if it has none. */
    private @Nullable String url(HttpServletRequest request) {
        Violations violations = new Violations();
        ObjectNode body = JsonBody.object(LimitedBody.read(request, MAX_BODY), violations);
        WebhookRequest given = JsonBody.bind(body, WebhookRequest.class, Set.of(), violations);
        String url = given == null ? null : given.url();
        callbacks.check("url", url, violations);
        violations.throwIfAny();
        return url;
    }

    private Webhook find(UserId user) {
        return store.find(user).orElseThrow(WebhookController::unknown);
    }

    private static ProblemException unknown() {
        return ProblemException.of(
                ProblemType.WEBHOOK_NOT_FOUND, "The user has no webhook. PUT /webhook makes one, with its secret.");
    }

    private WebhookView view(UserId user, Webhook webhook, boolean withSecret) {
        Instant until = webhook.previousUntil();
        return new WebhookView(
                user,
                webhook.url() == null ? null : WebhookUrl.shown(webhook.url()),
                withSecret ? webhook.secret() : null,
                webhook.secretAt(),
                until != null && clock.instant().isBefore(until) ? until : null);
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
