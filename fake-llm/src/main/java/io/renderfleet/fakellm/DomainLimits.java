package io.renderfleet.fakellm;

import java.util.Locale;

/**
 * The limits of a quota domain, which all of its keys share. 0 means no limit. The constructor throws an
 * {@link IllegalArgumentException} that names a negative limit.
 *
 * @param rpm requests in any 60 seconds
 * @param tpm tokens of prompts and completions in any 60 seconds
 * @param rps requests in any second
 * @param concurrency calls at the same time
 */
public record DomainLimits(int rpm, int tpm, int rps, int concurrency) {
    /** No limit at all. */
    public static final DomainLimits NONE = new DomainLimits(0, 0, 0, 0);

    public DomainLimits {
        check("rpm", rpm);
        check("tpm", tpm);
        check("rps", rps);
        check("concurrency", concurrency);
    }

    public DomainLimits withRpm(int value) {
        return new DomainLimits(value, tpm, rps, concurrency);
    }

    public DomainLimits withTpm(int value) {
        return new DomainLimits(rpm, value, rps, concurrency);
    }

    public DomainLimits withRps(int value) {
        return new DomainLimits(rpm, tpm, value, concurrency);
    }

    public DomainLimits withConcurrency(int value) {
        return new DomainLimits(rpm, tpm, rps, value);
    }

    /** Sets one limit by its name: rpm, tpm, rps or concurrency. */
    DomainLimits with(String name, int value) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "rpm" -> withRpm(value);
            case "tpm" -> withTpm(value);
            case "rps" -> withRps(value);
            case "concurrency" -> withConcurrency(value);
            default ->
                throw new IllegalArgumentException(
                        "'" + name + "' is not a limit of a domain; use rpm, tpm, rps or concurrency.");
        };
    }

    private static void check(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + "; use 0 for no limit, or a positive number.");
        }
    }
}
