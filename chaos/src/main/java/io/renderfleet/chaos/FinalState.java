package io.renderfleet.chaos;

import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was found when everything had come to rest.
 *
 * @param jobs every item of the table
 * @param results every result that is stored and not empty, as {@code bucket/key}
 * @param messages by queue, those without any left out
 * @param deadLetters by queue, those without any left out
 * @param unexpectedExits of processes that nobody had killed
 */
record FinalState(
        Map<JobId, Job> jobs,
        Set<String> results,
        Map<String, Long> messages,
        Map<String, Long> deadLetters,
        Map<String, Integer> unexpectedExits) {

    static FinalState of(StoredState state, ChaosFleet fleet) {
        Map<JobId, Job> jobs = new LinkedHashMap<>();
        List<Job> found = state.jobs();
        found.forEach(job -> jobs.put(job.id(), job));
        return new FinalState(jobs, state.results(), state.messages(), state.deadLetters(), fleet.unexpectedExits());
    }
}
