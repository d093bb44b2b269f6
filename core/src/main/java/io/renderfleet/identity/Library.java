package io.renderfleet.identity;

import io.renderfleet.job.UserId;
import io.renderfleet.problem.Violations;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Whose uploaded files are meant: those of one user, or those that operators share with all users. The ids of files are
 * unique in each library. A job that names a file gets the one of its user, and otherwise the shared one.
 *
 * @param prefix what the keys of the library's objects begin with, after the prefix of their kind
 */
public record Library(String prefix) {
    /** The files that all users may use. Only operators may change them. */
    public static final Library SHARED = new Library("shared/");

    /** The description of the parameter {@code userId} of operations on one library, for the OpenAPI document. */
    public static final String USER_PARAMETER =
            "The owner. By default the subject of the token; only operators can name another user.";

    /** The description of the parameter {@code shared} of operations that write to a library, for the OpenAPI document. */
    public static final String SHARED_PARAMETER =
            "true for the library that all users share, which only operators can change. By default the user's own, or the"
                    + " shared one if the service does not authenticate its callers and there is no userId.";

    /** The library of a user. Its name is a digest, because a user id can be longer than a key and have any characters. */
    public static Library of(UserId user) {
        return new Library("users/" + DigestUtils.sha256Hex(user.value()) + "/");
    }

    /**
     * The library to which a request writes.
     *
     * @param userId the {@code userId} of the request; null if it was left out
     * @param shared the {@code shared} of the request; null if it was left out. Without authentication the library is
     *     shared, unless the request has a user
     * @param violations receives what is wrong with the parameters
     * @return null if there is a violation
     */
    public static @Nullable Library written(
            Caller caller, @Nullable String userId, @Nullable String shared, Violations violations) {
        if (shared != null && !shared.equals("true") && !shared.equals("false")) {
            violations.add("shared", "must be true or false");
            return null;
        }
        if ("true".equals(shared)) {
            if (userId != null) {
                violations.add("userId", "must not be given together with shared=true");
                return null;
            }
            caller.requireOperator("Only operators can change the files that all users share. Leave shared out.");
            return SHARED;
        }
        if (shared == null && userId == null && caller.userId() == null) {
            return SHARED;
        }
        UserId user = caller.actingFor(userId, violations);
        return user == null ? null : of(user);
    }

    /**
     * The user whose files a request may read, beside the shared ones.
     *
     * @param userId the {@code userId} of the request; null for the caller
     * @param violations receives a violation of {@code userId} if it is malformed
     * @return {@link #SHARED} if there is no user, or a violation
     */
    public static Library read(Caller caller, @Nullable String userId, Violations violations) {
        UserId user = userId == null ? caller.userId() : caller.onlyOwner(userId, violations);
        return user == null ? SHARED : of(user);
    }
}
