package io.renderfleet.fakellm;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The arguments of {@link FakeLlmApplication}, as picocli reads them. */
final class FakeLlmArguments {
    private static final FakeLlmSettings DEFAULTS = FakeLlmSettings.defaults();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = DEFAULTS.host();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port to listen on; 0 for a free one (default: ${DEFAULT-VALUE}).")
    private int port = 9_400;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides the answers and the response times (default: ${DEFAULT-VALUE}).")
    private long seed = DEFAULTS.seed();

    @Option(
            names = "--median",
            paramLabel = "MILLIS",
            description = "The median of the response times (default: ${DEFAULT-VALUE}).")
    private long median = DEFAULTS.latency().median().toMillis();

    @Option(
            names = "--p95",
            paramLabel = "MILLIS",
            description = "The 95th percentile of the response times (default: ${DEFAULT-VALUE}).")
    private long p95 = DEFAULTS.latency().p95().toMillis();

    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "The provider whose errors are imitated: ${COMPLETION-CANDIDATES} (default:"
                    + " ${DEFAULT-VALUE}).")
    private Provider provider = DEFAULTS.provider();

    @Option(
            names = "--domains",
            paramLabel = "NAME[:LIMIT=N]...,...",
            description = "The quota domains with their limits rpm, tpm, rps and concurrency, such as"
                    + " a:rpm=600:concurrency=20,b (default: ${DEFAULT-VALUE}, without limits).")
    private String domains = "default";

    @Option(
            names = "--keys",
            paramLabel = "SECRET=DOMAIN,...",
            description = "The keys, each with its domain (default: ${DEFAULT-VALUE}).")
    private String keys = "fake-key=default";

    @Option(names = "--no-retry-after", description = "Omits Retry-After when a limit is reached.")
    private boolean noRetryAfter;

    @Option(
            names = "--max-body",
            paramLabel = "BYTES",
            description = "The largest request body (default: ${DEFAULT-VALUE}).")
    private int maxBody = DEFAULTS.maxBody();

    /** The settings; {@link IllegalArgumentException} with a message that names the invalid argument. */
    FakeLlmSettings settings() {
        return new FakeLlmSettings(
                host,
                port,
                seed,
                new Latency(Duration.ofMillis(median), Duration.ofMillis(p95)),
                provider,
                domains(),
                keys(),
                !noRetryAfter,
                maxBody);
    }

    private Map<String, DomainLimits> domains() {
        Map<String, DomainLimits> parsed = new LinkedHashMap<>();
        for (String domain : domains.split(",", -1)) {
            String[] parts = domain.strip().split(":", -1);
            DomainLimits limits = DomainLimits.NONE;
            for (int i = 1; i < parts.length; i++) {
                String[] limit = pair(parts[i], "--domains", "LIMIT=N");
                limits = limits.with(limit[0], number(limit[1]));
            }
            if (parsed.put(parts[0], limits) != null) {
                throw new IllegalArgumentException("--domains names '" + parts[0] + "' twice.");
            }
        }
        return parsed;
    }

    private Map<String, String> keys() {
        Map<String, String> parsed = new LinkedHashMap<>();
        for (String key : keys.split(",", -1)) {
            // A secret may end with '='.
            int at = key.lastIndexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("--keys must be SECRET=DOMAIN, separated by commas.");
            }
            if (parsed.put(key.substring(0, at).strip(), key.substring(at + 1).strip()) != null) {
                throw new IllegalArgumentException("--keys has a key twice.");
            }
        }
        return parsed;
    }

    private static String[] pair(String text, String option, String form) {
        String[] pair = text.split("=", -1);
        if (pair.length != 2) {
            throw new IllegalArgumentException(option + ": '" + text + "' must be " + form + ".");
        }
        return pair;
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--domains: '" + value + "' is not a whole number.", e);
        }
    }
}
