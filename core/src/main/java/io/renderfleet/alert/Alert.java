package io.renderfleet.alert;

import io.renderfleet.alert.AlertRule.Severity;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import java.time.Instant;
import java.util.Map;

/**
 * An alert.
 *
 * @param id counts the alerts of the deployment, from 1, without gaps
 * @param rule the name of the rule that raised it
 * @param userId the owner of the job
 * @param source where the job comes from, such as its camera
 * @param eventId the completion event for which it was raised
 * @param at when it was raised
 */
public record Alert(
        long id,
        String rule,
        Severity severity,
        String message,
        JobId jobId,
        UserId userId,
        Map<String, String> source,
        String eventId,
        Instant at) {
    public Alert {
        source = Map.copyOf(source);
    }
}
