package io.renderfleet.api.progress;

import io.renderfleet.job.Job;
import io.renderfleet.job.JobState;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ServerHttpObservationFilter;

/** Waits for the ends of jobs, for requests with the header {@code Prefer: wait=n}. */
@Component
public class JobWaits {
    /** The request header. */
    public static final String PREFER = "Prefer";

    /** The header of the response to a request that was kept waiting. */
    public static final String APPLIED = "Preference-Applied";

    /** The description of {@link #PREFER} in the description of the API. */
    public static final String DESCRIPTION =
            "wait=n waits up to n seconds, at most 60, for the end of the job (RFC 7240)."
                    + " The response has the header Preference-Applied unless too many requests wait.";

    private final JobFollowers followers;

    JobWaits(JobFollowers followers) {
        this.followers = followers;
    }

    /** How long the client prefers to wait; empty for not at all. */
    public Optional<Duration> preferred(HttpServletRequest request) {
        return Preferences.waitOf(request.getHeaders(PREFER));
    }

    /**
     * Waits until a job is over, the time is up, or this instance shuts down.
     *
     * @return the value of {@link #APPLIED}; empty if the preference was ignored because too many requests wait
     */
    public Optional<String> await(Job job, Duration wait, HttpServletRequest request) {
        if (!job.status().isTerminal()) {
            // The time is chosen by the client, and would otherwise count as the time that the service takes.
            ServerHttpObservationFilter.findObservationContext(request)
                    .ifPresent(context -> context.setPathPattern(context.getPathPattern() + " (wait)"));
            if (!followers.awaitEnd(JobState.of(job), wait)) {
                return Optional.empty();
            }
        }
        return Optional.of("wait=" + wait.toSeconds());
    }
}
