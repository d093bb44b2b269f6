package io.renderfleet.identity;

import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Violations;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request. The methods of controllers get it as an argument. The owner of everything that a request makes is
 * the caller, unless an operator acts for another user.
 *
 * @param userId the subject of the caller's token; null if authentication is off, and then the caller is an operator
 * @param operator whether the caller may act for other users, see what belongs to them, and call {@code /admin}
 */
public record Caller(@Nullable UserId userId, boolean operator) {
    /** The caller of a service whose authentication is off: anyone who reaches it, with all rights. */
    public static final Caller ANYONE = new Caller(null, true);

    public Caller {
        if (userId == null && !operator) {
            throw new IllegalArgumentException("A caller without an identity exists only if authentication is off");
        }
    }

    /** Whether the caller may see, change or use what belongs to a user. What it may not see looks unknown to it. */
    public boolean sees(UserId owner) {
        return operator || owner.equals(userId);
    }

    /**
     * Refuses callers who are not operators.
     *
     * @param detail what is reserved for operators, and what to do instead
     * @throws ProblemException {@code operators-only}
     */
    public void requireOperator(String detail) {
        if (!operator) {
            throw ProblemException.of(ProblemType.OPERATORS_ONLY, detail);
        }
    }

    /**
     * The user for whom a request is made.
     *
     * @param requested the {@code userId} of the request; null if it was left out, which is allowed if the caller has an
     *     identity
     * @param violations receives a violation of {@code userId} if it is missing or malformed
     * @return null if there is a violation
     * @throws ProblemException {@code other-user} if the caller may not act for this user
     */
    public @Nullable UserId actingFor(@Nullable String requested, Violations violations) {
        if (requested == null) {
            if (userId == null) {
                violations.add("userId", "is required");
            }
            return userId;
        }
        UserId user = read(requested, violations);
        if (user != null) {
            act(user);
        }
        return user;
    }

    /**
     * The only user whose things a request may see or change.
     *
     * @param requested the {@code userId} of the request; null for all that the caller may see
     * @param violations receives a violation of {@code userId} if it is malformed
     * @return null for all users, and if there is a violation
     * @throws ProblemException {@code other-user} if the caller may not act for this user
     */
    public @Nullable UserId onlyOwner(@Nullable String requested, Violations violations) {
        if (requested == null) {
            return operator ? null : userId;
        }
        UserId user = read(requested, violations);
        if (user != null) {
            act(user);
        }
        return user;
    }

    private static @Nullable UserId read(String text, Violations violations) {
        try {
            return new UserId(text);
        } catch (IllegalArgumentException e) {
            violations.add("userId", "must be 1 to 128 printable characters");
            return null;
        }
    }

    private void act(UserId user) {
        if (!sees(user)) {
            throw ProblemException.of(
                    ProblemType.OTHER_USER,
                    "The userId of the request is not the subject of your token. Leave userId out; only operators can act"
                            + " for other users.");
        }
        Audit.actedFor(this, user);
    }
}
