package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A model server for tests and demos. It speaks OpenAI's HTTP API, enforces the limits of its quota domains exactly,
 * misbehaves on demand, and knows what its clients did:
 *
 * {@snippet :
 * var settings = FakeLlmSettings.defaults()
 *         .withKeys(Map.of("account-a", DomainLimits.NONE.withConcurrency(20)), Map.of("key-000001", "account-a"));
 * try (var llm = FakeLlm.start(settings)) {
 *     llm.setKeyBehaviour("key-000001", Behaviour.of(Behaviour.Kind.RATE_LIMITED).forCalls(3));
 *     // Send requests to llm.url() + "/v1/chat/completions" with "Authorization: Bearer key-000001".
 *     assertThat(llm.statistics().violations()).isZero();
 * }
 * }
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><td>{@code POST /v1/chat/completions}</td><td>a completion, in one piece; {@code response_format} may be
 *     {@code json_schema} or {@code json_object}; images are accepted and influence the answer</td></tr>
 * <tr><td>{@code GET /v1/models}</td><td>the models; checks the key, and counts against no limit</td></tr>
 * <tr><td>{@code PUT /fake/keys/{secret}}, {@code PUT /fake/domains/{name}}</td><td>sets a {@link Behaviour}, such as
 *     {@code {"behaviour": "error", "status": 503, "calls": 2}} or {@code {"behaviour": "hang", "seconds": 30}}</td></tr>
 * <tr><td>{@code GET /fake/statistics}</td><td>the {@link Statistics}</td></tr>
 * </table>
 *
 * <p>The text of an answer depends on the seed, the messages and the response format only. The n-th answer of a server
 * takes the n-th response time of its seed. Errors are sent at once. The name of the model is free. Thread-safe.
 */
public final class FakeLlm implements AutoCloseable {
    private static final String MODEL = "fake-vl";
    private static final String KEYS = "/fake/keys/";
    private static final String DOMAINS = "/fake/domains/";

    private final FakeLlmSettings settings;
    private final ProviderErrors errors;
    private final Accounts accounts;
    private final Journal journal = new Journal();
    private final ChatEndpoint chat;
    private final ControlEndpoint control;
    private final HttpServer server;

    private FakeLlm(FakeLlmSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        errors = new ProviderErrors(settings.provider());
        accounts = new Accounts(settings, nanoTime);
        chat = new ChatEndpoint(settings, accounts, journal);
        control = new ControlEndpoint(errors);
        try {
            var address = new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
            server = new HttpServer(address, settings.maxBody(), errors, this::handle);
        } catch (IOException e) {
            throw new FakeLlmException(
                    "Cannot listen on " + settings.host() + ", port " + settings.port() + ": " + e.getMessage()
                            + ". Choose another port, or 0 for a free one.",
                    e);
        }
    }

    /**
     * Starts a server.
     *
     * @throws FakeLlmException if it cannot listen on its address
     */
    public static FakeLlm start(FakeLlmSettings settings) {
        return start(settings, System::nanoTime);
    }

    /** @param nanoTime the time for limits and behaviours */
    static FakeLlm start(FakeLlmSettings settings, LongSupplier nanoTime) {
        return new FakeLlm(settings, nanoTime);
    }

    /** The address without a path, such as {@code http://127.0.0.1:9400}. */
    public URI url() {
        try {
            return new URI("http", null, settings.host(), server.port(), null, null, null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The server listens on an address that is not valid in a URL.", e);
        }
    }

    /**
     * Sets whether a call ends when its client closes the connection, which is the default. Otherwise the call goes on until
     * its answer, and counts as in progress, as at a provider that does not notice. For connections that are closed from now
     * on.
     */
    public void setNoticesClosed(boolean value) {
        server.setNoticesClosed(value);
    }

    /**
     * The text of the answer to a request for a chat completion, without a call: what a client must have got for it, unless
     * the server was told to misbehave.
     *
     * @param request the JSON of the request's body
     * @throws IllegalArgumentException if a call with this request would get an error
     */
    public String answer(String request) {
        try {
            return chat.answer(request.getBytes(StandardCharsets.UTF_8));
        } catch (ApiError e) {
            throw new IllegalArgumentException("A call with this request would get an error: " + e.getMessage(), e);
        }
    }

    /** The calls that have ended. */
    public Journal journal() {
        return journal;
    }

    /** What the server has seen so far. */
    public Statistics statistics() {
        Map<String, Statistics.DomainStatistics> domains = new LinkedHashMap<>();
        for (Domain domain : accounts.domains()) {
            domains.put(
                    domain.name(),
                    new Statistics.DomainStatistics(
                            journal.domain(domain.name()),
                            domain.inProgress(),
                            domain.highest(),
                            domain.tokens(),
                            domain.violations(),
                            domain.behaviour().current().kind()));
        }
        var keys = accounts.keys().stream()
                .map(key -> new Statistics.KeyStatistics(
                        Key.masked(key.secret()),
                        key.domain().name(),
                        journal.key(key.secret()),
                        journal.last(key.secret()),
                        key.behaviour().current().kind()))
                .toList();
        return new Statistics(journal.count(), journal.highestConcurrency(), journal.domain(""), domains, keys);
    }

    /**
     * Sets how calls of a key are answered from now on. It has priority over the behaviour of the key's domain, except
     * for {@link Behaviour.Kind#OK}.
     *
     * @throws IllegalArgumentException if the key is not in the settings
     */
    public void setKeyBehaviour(String secret, Behaviour behaviour) {
        accounts.key(secret)
                .orElseThrow(() -> new IllegalArgumentException("The key is not one of the settings."))
                .behaviour()
                .set(behaviour);
    }

    /**
     * Sets how calls of a domain's keys are answered from now on.
     *
     * @throws IllegalArgumentException if the domain is not in the settings
     */
    public void setDomainBehaviour(String name, Behaviour behaviour) {
        accounts.domain(name)
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is not a domain of the settings."))
                .behaviour()
                .set(behaviour);
    }

    /** Stops at once. Calls in progress get no answer. */
    @Override
    public void close() {
        server.close();
    }

    private void handle(Exchange exchange) throws IOException, InterruptedException {
        String path = exchange.path();
        if (path.equals("/v1/chat/completions")) {
            require("POST", exchange);
            chat.handle(exchange);
        } else if (path.equals("/v1/models")) {
            require("GET", exchange);
            send(exchange, models(exchange));
        } else if (path.equals("/fake/statistics")) {
            require("GET", exchange);
            send(exchange, ControlEndpoint.json(statistics()));
        } else if (path.startsWith(KEYS)) {
            require("PUT", exchange);
            set(exchange, accounts.key(name(path, KEYS)).map(Key::behaviour).orElseThrow(() -> notFound("key")));
        } else if (path.startsWith(DOMAINS)) {
            require("PUT", exchange);
            set(
                    exchange,
                    accounts.domain(name(path, DOMAINS)).map(Domain::behaviour).orElseThrow(() -> notFound("domain")));
        } else {
            throw errors.other(
                    404,
                    "Unknown path. This server has /v1/chat/completions, /v1/models, /fake/keys/{secret},"
                            + " /fake/domains/{name} and /fake/statistics.");
        }
    }

    private void require(String method, Exchange exchange) {
        if (!exchange.method().equals(method)) {
            throw errors.other(405, "Use " + method + " with this path.");
        }
    }

    private ApiError notFound(String what) {
        return errors.other(404, "The server has no such " + what + ". Its settings list the " + what + "s.");
    }

    private void set(Exchange exchange, BehaviourSlot slot) {
        slot.set(control.behaviour(exchange.body()));
        send(
                exchange,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("behaviour", slot.current().kind().text()));
    }

    private ObjectNode models(Exchange exchange) {
        String secret = Accounts.secret(exchange.authorization());
        Key key = accounts.key(secret).orElseThrow(() -> errors.unauthorized(secret));
        for (BehaviourSlot slot :
                new BehaviourSlot[] {key.behaviour(), key.domain().behaviour()}) {
            Behaviour behaviour = slot.current();
            var imitated = behaviour.provider().map(ProviderErrors::new).orElse(errors);
            switch (behaviour.kind()) {
                case UNAUTHORIZED -> throw imitated.unauthorized(secret);
                case FORBIDDEN -> throw imitated.forbidden();
                default -> {
                    // Only completions show the other behaviours.
                }
            }
        }
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
        list.putArray("data")
                .addObject()
                .put("id", MODEL)
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", "renderfleet");
        return list;
    }

    private String name(String path, String prefix) {
        try {
            return URLDecoder.decode(path.substring(prefix.length()).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw errors.invalidRequest("The path is not encoded correctly: " + e.getMessage(), null);
        }
    }

    private static void send(Exchange exchange, JsonNode json) {
        exchange.send(200, Map.of(), Json.bytes(json));
    }
}
