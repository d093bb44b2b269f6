package io.renderfleet.chaos;

import io.renderfleet.fakellm.Statistics.DomainStatistics;
import io.renderfleet.job.JobId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of inference after the run.
 *
 * @param results the JSON of the stored results
 * @param events the number of copies of each completion event, by its id
 * @param models what the model server saw
 * @param permitsBack the time from the kill of a worker until all permits were in use again; empty if they never were
 */
record InferenceState(
        Map<JobId, String> results, Map<String, Long> events, DomainStatistics models, Optional<Duration> permitsBack) {
    InferenceState {
        results = Map.copyOf(results);
        events = Map.copyOf(events);
    }
}
