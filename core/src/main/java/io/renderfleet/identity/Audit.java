package io.renderfleet.identity;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** What the audit log says about a request in addition to its path, its caller and its outcome. */
public final class Audit {
    /** The request attribute with the user for whom an operator acted: a {@link UserId}. */
    public static final String USER = "renderfleet.audit.user";

    /** The request attribute with the job that the request made: a {@link JobId}. */
    public static final String JOB = "renderfleet.audit.job";

    private Audit() {}

    /**
     * Notes whose things the current request uses, if they are not the caller's own. Does nothing on a thread that serves no
     * request.
     */
    public static void actedFor(Caller caller, UserId owner) {
        if (!owner.equals(caller.userId())) {
            note(USER, owner);
        }
    }

    /** Notes the job that the current request made. Does nothing on a thread that serves no request. */
    public static void made(JobId job) {
        note(JOB, job);
    }

    private static void note(String name, Object value) {
        @Nullable RequestAttributes request = RequestContextHolder.getRequestAttributes();
        if (request != null) {
            request.setAttribute(name, value, RequestAttributes.SCOPE_REQUEST);
        }
    }
}
