package io.renderfleet.fakellm;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How the server answers the calls of a key or of a domain, for ever unless {@link #calls} or {@link #time} is set. The
 * constructor throws an {@link IllegalArgumentException} that names an invalid value.
 *
 * @param kind what happens to a call
 * @param calls after this number of calls, 1 or more, the behaviour is {@link Kind#OK} again
 * @param time after this time, more than 0 and at most a day, the behaviour is {@link Kind#OK} again
 * @param retryAfter the {@code Retry-After} header of an error, 1 second to a day in whole seconds; if empty, the error
 *     has none
 * @param status another status than the provider's usual one, for {@link Kind#ERROR} (500 to 599) and
 *     {@link Kind#QUOTA_EXHAUSTED} (400 to 499)
 * @param provider the provider whose errors are imitated, if another than the server's
 */
public record Behaviour(
        Kind kind,
        Optional<Integer> calls,
        Optional<Duration> time,
        Optional<Duration> retryAfter,
        Optional<Integer> status,
        Optional<Provider> provider) {
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Set<Kind> WITH_RETRY_AFTER =
            Set.of(Kind.RATE_LIMITED, Kind.BURST_LIMITED, Kind.QUOTA_EXHAUSTED, Kind.ERROR);

    /** The normal behaviour. */
    public static final Behaviour OK = of(Kind.OK);

    /** What happens to a call. All kinds but the refusals of keys count against the limits of the domain. */
    public enum Kind {
        /** A correct answer. */
        OK,
        /** 429, as if a limit of requests were reached. */
        RATE_LIMITED,
        /** 429 because the number of requests increased too quickly, although no limit is reached. */
        BURST_LIMITED,
        /** The account has no credit: 429 (OpenAI), 400 (DashScope), 402 (others), or {@link Behaviour#status}. */
        QUOTA_EXHAUSTED,
        /** 401: the key is not valid. */
        UNAUTHORIZED,
        /** 403: the key is valid, but may not be used. */
        FORBIDDEN,
        /** 500, or {@link Behaviour#status}. */
        ERROR,
        /** No answer at all. The connection is closed after five minutes at the latest. */
        HANG,
        /** A correct answer whose body arrives at one byte a second. */
        SLOW_BODY,
        /** An answer whose text has 50 MB. */
        HUGE,
        /** An answer whose text is JSON that is nested 10,000 deep. */
        DEEP,
        /** A correct answer within a Markdown code fence. */
        FENCED,
        /** An answer whose text is JSON that ends in the middle. */
        BROKEN_JSON,
        /** The content filter stopped the call: 400 (DashScope), or 200 without a text (others). */
        CONTENT_FILTER,
        /** An answer whose text is JSON that does not satisfy the schema of the request. */
        WRONG_SCHEMA;

        /** Whether the key is refused before anything else is looked at. */
        boolean refusesKey() {
            return this == UNAUTHORIZED || this == FORBIDDEN;
        }

        /** The name in requests and statistics, such as {@code rate_limited}. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Behaviour {
        calls.ifPresent(number -> check(number >= 1, "calls is " + number + "; use 1 or more."));
        time.ifPresent(duration -> check(
                duration.isPositive() && duration.compareTo(LONGEST) <= 0,
                "The time is " + duration.toSeconds() + " s; use 1 s to a day."));
        retryAfter.ifPresent(duration -> {
            check(WITH_RETRY_AFTER.contains(kind), "The behaviour " + kind.text() + " has no Retry-After.");
            check(
                    duration.toSeconds() >= 1 && duration.compareTo(LONGEST) <= 0,
                    "Retry-After is " + duration.toSeconds() + " s; use 1 s to a day.");
        });
        status.ifPresent(number -> check(
                allows(kind, number),
                "The behaviour " + kind.text() + " cannot have the status " + number
                        + "; error takes 500 to 599, quota_exhausted takes 400 to 499."));
    }

    /** The behaviour for ever, with the provider's usual status and without {@code Retry-After}. */
    public static Behaviour of(Kind kind) {
        return new Behaviour(
                kind, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Behaviour forCalls(int number) {
        return new Behaviour(kind, Optional.of(number), time, retryAfter, status, provider);
    }

    public Behaviour forTime(Duration duration) {
        return new Behaviour(kind, calls, Optional.of(duration), retryAfter, status, provider);
    }

    public Behaviour withRetryAfter(Duration duration) {
        return new Behaviour(kind, calls, time, Optional.of(duration), status, provider);
    }

    public Behaviour withStatus(int number) {
        return new Behaviour(kind, calls, time, retryAfter, Optional.of(number), provider);
    }

    public Behaviour withProvider(Provider value) {
        return new Behaviour(kind, calls, time, retryAfter, status, Optional.of(value));
    }

    private static boolean allows(Kind kind, int status) {
        return switch (kind) {
            case ERROR -> status >= 500 && status <= 599;
            case QUOTA_EXHAUSTED -> status >= 400 && status <= 499;
            default -> false;
        };
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
