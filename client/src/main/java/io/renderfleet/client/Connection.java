package io.renderfleet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Builds requests to one API and sends them with the options of a client. Thread-safe. */
final class Connection {
    private static final int OK = 200;

    private final ClientOptions options;
    private final String api;
    private final HttpClient http;

    Connection(ClientOptions options) {
        this(
                options,
                HttpClient.newBuilder()
                        // With plain HTTP, the JDK would request an upgrade to HTTP/2 on each new connection.
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(options.connectTimeout())
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build());
    }

    private Connection(ClientOptions options, HttpClient http) {
        String address = options.api().toString();
        this.options = options;
        this.api = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
        this.http = http;
    }

    /** A connection with other options that shares the connections of this one. */
    Connection with(ClientOptions other) {
        return new Connection(other, http);
    }

    ClientOptions options() {
        return options;
    }

    /** Starts a call with the deadline of the retry policy. The path has placeholders instead of ids. */
    Exchange exchange(String method, String path) {
        return exchange(method, path, options.retries().deadline());
    }

    /** Starts a call with a deadline for all attempts and pauses. */
    Exchange exchange(String method, String path, Duration limit) {
        return new Exchange(http, options, method, path, limit);
    }

    /** Starts a call that transfers a file. Its deadline is at least the transfer timeout. */
    Exchange transfer(String method, String path) {
        Duration deadline = options.retries().deadline();
        Duration transfer = options.transferTimeout();
        return new Exchange(http, options, method, path, deadline.compareTo(transfer) < 0 ? transfer : deadline);
    }

    /**
     * Sends a request and reads the JSON of its response, with retries.
     *
     * @param pattern the path with placeholders instead of ids
     * @param request builds the request of each attempt
     * @param expected the status of a response that is not a problem
     */
    JsonNode json(String method, String pattern, Supplier<HttpRequest.Builder> request, int expected)
            throws InterruptedException {
        Exchange exchange = exchange(method, pattern);
        return exchange.call(() -> Responses.read(send(exchange, request.get(), expected), JsonNode.class));
    }

    /** Sends a GET request, with retries. */
    HttpResponse<String> get(String pattern, String path) throws InterruptedException {
        Exchange exchange = exchange("GET", pattern);
        return exchange.call(() -> send(exchange, request(path), OK));
    }

    /** A request to the API, with a token if the options have a source of tokens. Build one for each attempt. */
    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(api + path)).header("Accept", "application/json");
        Supplier<String> token = options.token();
        if (token != null) {
            request.header("Authorization", "Bearer " + token.get());
        }
        return request;
    }

    HttpRequest.Builder json(String path, String content) {
        return request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(content));
    }

    /** Sends one attempt of a call and checks its status. */
    HttpResponse<String> send(Exchange exchange, HttpRequest.Builder request, int... expected)
            throws IOException, InterruptedException {
        return Responses.checked(exchange.send(request, BodyHandlers.ofString(), options.requestTimeout()), expected);
    }

    /** Encodes text for a path segment or a query parameter. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A path with query parameters, in the order of the map. */
    static String path(String path, Map<String, String> parameters) {
        return path(path, parameters.entrySet());
    }

    /** A path with query parameters, of which a name can occur more than once. */
    static String path(String path, Collection<Map.Entry<String, String>> parameters) {
        return parameters.isEmpty()
                ? path
                : parameters.stream()
                        .map(parameter -> encoded(parameter.getKey()) + "=" + encoded(parameter.getValue()))
                        .collect(Collectors.joining("&", path + "?", ""));
    }

    void close() {
        http.shutdownNow();
        http.close();
    }
}
