package io.renderfleet.fakellm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Answers {@code POST /v1/chat/completions}, and records each call. */
final class ChatEndpoint {
    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;
    private static final int HUGE_TEXT = 50_000_000;
    private static final int PART = 1 << 16;
    private static final Duration SLOW = Duration.ofSeconds(1);

    private final FakeLlmSettings settings;
    private final Accounts accounts;
    private final Journal journal;
    private final ProviderErrors errors;
    private final Answers answers;
    private final SplittableRandom random;
    private final AtomicLong ids = new AtomicLong();

    ChatEndpoint(FakeLlmSettings settings, Accounts accounts, Journal journal) {
        this.settings = settings;
        this.accounts = accounts;
        this.journal = journal;
        errors = new ProviderErrors(settings.provider());
        answers = new Answers(settings.seed(), errors);
        random = new SplittableRandom(settings.seed());
    }

    void handle(Exchange exchange) throws IOException, InterruptedException {
        try (var call = new OpenCall(journal)) {
            try {
                answer(exchange, call);
            } catch (ApiError e) {
                call.end(e.status());
                HttpServer.send(exchange, e);
            }
        }
    }

    /** The text of the correct answer to a request; an {@link ApiError} if the request is wrong. */
    String answer(byte[] body) {
        return answers.text(ChatRequest.parse(body, errors));
    }

    private void answer(Exchange exchange, OpenCall call) throws IOException, InterruptedException {
        String secret = Accounts.secret(exchange.authorization());
        Key key = accounts.key(secret).orElseThrow(() -> errors.unauthorized(secret));
        call.hasKey(key);
        Optional<Behaviour> keyRefusal = take(key, Behaviour.Kind::refusesKey);
        if (keyRefusal.isPresent()) {
            call.behaves(keyRefusal.get().kind());
            throw refusal(key, keyRefusal.get());
        }
        ChatRequest request = ChatRequest.parse(exchange.body(), errors);
        String text = answers.text(request);
        Completion completion = Completion.of(request, text);
        Optional<Domain.Refusal> refusal = call.enter(key.domain(), completion.tokens());
        if (refusal.isPresent()) {
            throw errors.limitReached(refusal.get(), key.domain().name(), request.model(), settings.retryAfter());
        }
        // A refusal of the key that was set in the meantime is for the next call.
        Behaviour behaviour = take(key, kind -> !kind.refusesKey()).orElse(Behaviour.OK);
        call.behaves(behaviour.kind());
        behave(exchange, call, key, request, text, completion, behaviour);
    }

    private void behave(
            Exchange exchange,
            OpenCall call,
            Key key,
            ChatRequest request,
            String text,
            Completion completion,
            Behaviour behaviour)
            throws IOException, InterruptedException {
        var imitated = errors(behaviour);
        String domain = key.domain().name();
        switch (behaviour.kind()) {
            case RATE_LIMITED -> throw imitated.rateLimited(domain, request.model(), behaviour.retryAfter());
            case BURST_LIMITED -> throw imitated.burst(behaviour.retryAfter());
            case QUOTA_EXHAUSTED -> throw imitated.quotaExhausted(behaviour.status(), behaviour.retryAfter());
            case ERROR -> throw imitated.serverError(behaviour.status().orElse(SERVER_ERROR), behaviour.retryAfter());
            case UNAUTHORIZED, FORBIDDEN -> throw refusal(key, behaviour);
            case HANG -> new CountDownLatch(1).await();
            case CONTENT_FILTER -> {
                Optional<ApiError> error = imitated.contentFilter();
                if (error.isPresent()) {
                    throw error.get();
                }
                send(exchange, call, completion.filtered());
            }
            case OK -> send(exchange, call, completion);
            case FENCED -> send(exchange, call, completion.withContent(Answers.fenced(text)));
            case BROKEN_JSON -> send(exchange, call, completion.withContent(Answers.broken(text)));
            case DEEP -> send(exchange, call, completion.withContent(Answers.deep()));
            case WRONG_SCHEMA -> send(exchange, call, completion.withContent(Answers.wrongSchema(request, text)));
            case SLOW_BODY -> sendSlowly(exchange, call, completion);
            case HUGE -> sendHuge(exchange, call, completion);
        }
    }

    private void send(Exchange exchange, OpenCall call, Completion completion) throws InterruptedException {
        Thread.sleep(latency());
        byte[] json = json(completion);
        call.end(OK);
        exchange.send(OK, Map.of(), json);
    }

    private void sendSlowly(Exchange exchange, OpenCall call, Completion completion)
            throws IOException, InterruptedException {
        Thread.sleep(latency());
        byte[] json = json(completion);
        exchange.begin(OK, json.length);
        int last = json.length - 1;
        for (int i = 0; i < last; i++) {
            exchange.write(new byte[] {json[i]});
            Thread.sleep(SLOW);
        }
        call.end(OK);
        exchange.end(new byte[] {json[last]});
    }

    private void sendHuge(Exchange exchange, OpenCall call, Completion completion)
            throws IOException, InterruptedException {
        Thread.sleep(latency());
        String placeholder = "@huge@";
        String json = new String(json(completion.withContent(placeholder)), StandardCharsets.UTF_8);
        int at = json.indexOf(placeholder);
        byte[] before = json.substring(0, at).getBytes(StandardCharsets.UTF_8);
        byte[] after = json.substring(at + placeholder.length()).getBytes(StandardCharsets.UTF_8);
        exchange.begin(OK, (long) before.length + HUGE_TEXT + after.length);
        exchange.write(before);
        byte[] part = new byte[PART];
        Arrays.fill(part, (byte) 'x');
        for (int sent = 0; sent < HUGE_TEXT; sent += PART) {
            exchange.write(HUGE_TEXT - sent >= PART ? part : Arrays.copyOf(part, HUGE_TEXT - sent));
        }
        call.end(OK);
        exchange.end(after);
    }

    private byte[] json(Completion completion) {
        return completion.json("chatcmpl-fake-" + ids.incrementAndGet(), System.currentTimeMillis() / 1_000);
    }

    private Duration latency() {
        synchronized (random) {
            return settings.latency().draw(random);
        }
    }

    /** The behaviour of the key or, if it has none, of its domain. */
    private static Optional<Behaviour> take(Key key, Predicate<Behaviour.Kind> wanted) {
        return key.behaviour().take(wanted).or(() -> key.domain().behaviour().take(wanted));
    }

    private ApiError refusal(Key key, Behaviour behaviour) {
        var imitated = errors(behaviour);
        return behaviour.kind() == Behaviour.Kind.UNAUTHORIZED
                ? imitated.unauthorized(key.secret())
                : imitated.forbidden();
    }

    private ProviderErrors errors(Behaviour behaviour) {
        return behaviour.provider().map(ProviderErrors::new).orElse(errors);
    }
}
