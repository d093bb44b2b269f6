package io.renderfleet.fakellm;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The settings of a server. The constructor throws an {@link IllegalArgumentException} that names an invalid value.
 *
 * @param host the address to listen on; loopback by default, because {@code /fake} has no access control
 * @param port the port to listen on; 0 for a free one
 * @param seed decides the answers and the response times
 * @param latency the response times of answers; errors are sent at once
 * @param provider the provider whose errors the server imitates, unless a {@link Behaviour} names another one
 * @param domains the quota domains by name, at least one
 * @param keys the secrets of the keys, each with the name of its domain, at least one
 * @param retryAfter whether a 429 because of a limit has a {@code Retry-After} header with the seconds until the next
 *     call would be accepted
 * @param maxBody the largest accepted request body in bytes, 1 KiB to 64 MiB; larger ones get 413
 */
public record FakeLlmSettings(
        String host,
        int port,
        long seed,
        Latency latency,
        Provider provider,
        Map<String, DomainLimits> domains,
        Map<String, String> keys,
        boolean retryAfter,
        int maxBody) {
    private static final int LAST_PORT = 65_535;
    private static final int SMALLEST_BODY = 1 << 10;
    private static final int LARGEST_BODY = 64 << 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    /** The characters of bearer tokens (RFC 6750, section 2.1). */
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9._~+/-]{1,256}=*");

    public FakeLlmSettings {
        domains = Collections.unmodifiableMap(new LinkedHashMap<>(domains));
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        check(!host.isBlank(), "The host is empty; omit it for 127.0.0.1.");
        check(port >= 0 && port <= LAST_PORT, port + " is not a port; use 0 to 65535, 0 for a free port.");
        check(!domains.isEmpty(), "At least one domain is required.");
        domains.keySet()
                .forEach(name -> check(
                        NAME.matcher(name).matches(),
                        "'" + name
                                + "' is not a valid name of a domain; use 1 to 64 of a-z, A-Z, 0-9, '.', '_', '-'."));
        check(!keys.isEmpty(), "At least one key is required.");
        for (var key : keys.entrySet()) {
            check(
                    SECRET.matcher(key.getKey()).matches(),
                    "A key is not a valid bearer token; use 1 to 256 of a-z, A-Z, 0-9 and ._~+/-");
            check(
                    domains.containsKey(key.getValue()),
                    "A key belongs to the domain '" + key.getValue() + "', which is not one of " + domains.keySet()
                            + ".");
        }
        check(
                maxBody >= SMALLEST_BODY && maxBody <= LARGEST_BODY,
                "The largest body is " + maxBody + " bytes; use 1024 to 67108864.");
    }

    /**
     * A free port on loopback, seed 1, a median of 400 ms and a 95th percentile of 900 ms, OpenAI's errors, the domain
     * {@code default} without limits and its key {@code fake-key}, {@code Retry-After}, and bodies of up to 16 MiB.
     */
    public static FakeLlmSettings defaults() {
        return new FakeLlmSettings(
                "127.0.0.1",
                0,
                1,
                new Latency(Duration.ofMillis(400), Duration.ofMillis(900)),
                Provider.OPENAI,
                Map.of("default", DomainLimits.NONE),
                Map.of("fake-key", "default"),
                true,
                16 << 20);
    }

    public FakeLlmSettings withHost(String value) {
        return new FakeLlmSettings(value, port, seed, latency, provider, domains, keys, retryAfter, maxBody);
    }

    public FakeLlmSettings withPort(int value) {
        return new FakeLlmSettings(host, value, seed, latency, provider, domains, keys, retryAfter, maxBody);
    }

    public FakeLlmSettings withSeed(long value) {
        return new FakeLlmSettings(host, port, value, latency, provider, domains, keys, retryAfter, maxBody);
    }

    public FakeLlmSettings withLatency(Latency value) {
        return new FakeLlmSettings(host, port, seed, value, provider, domains, keys, retryAfter, maxBody);
    }

    public FakeLlmSettings withProvider(Provider value) {
        return new FakeLlmSettings(host, port, seed, latency, value, domains, keys, retryAfter, maxBody);
    }

    /** Replaces the domains and the keys, which refer to each other. */
    public FakeLlmSettings withKeys(Map<String, DomainLimits> newDomains, Map<String, String> newKeys) {
        return new FakeLlmSettings(host, port, seed, latency, provider, newDomains, newKeys, retryAfter, maxBody);
    }

    public FakeLlmSettings withRetryAfter(boolean value) {
        return new FakeLlmSettings(host, port, seed, latency, provider, domains, keys, value, maxBody);
    }

    public FakeLlmSettings withMaxBody(int value) {
        return new FakeLlmSettings(host, port, seed, latency, provider, domains, keys, retryAfter, value);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "FakeLlmSettings[host=" + host + ", port=" + port + ", seed=" + seed + ", latency=" + latency
                + ", provider=" + provider + ", domains=" + domains + ", keys=" + keys.size() + ", retryAfter="
                + retryAfter + ", maxBody=" + maxBody + "]";
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
