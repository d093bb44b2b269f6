package io.renderfleet.identity;

import io.renderfleet.job.UserId;
import java.util.Optional;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** What the audit log says about a request in addition to its path, its caller and its outcome. */
public final class Audit {
    private static final String USER = Audit.class.getName() + ".user";

    private Audit() {}

    /** Notes for whom the current request acts. Does nothing on a thread that serves no request. */
    public static void actedFor(UserId user) {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        if (request != null) {
            request.setAttribute(USER, user, RequestAttributes.SCOPE_REQUEST);
        }
    }

    /** The user for whom the current request acted; empty if nothing was noted. */
    public static Optional<UserId> actedFor() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        return request == null
                ? Optional.empty()
                : Optional.ofNullable((UserId) request.getAttribute(USER, RequestAttributes.SCOPE_REQUEST));
    }
}
