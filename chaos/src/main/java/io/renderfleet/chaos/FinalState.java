package io.renderfleet.chaos;

import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The contents of the job table, the queues and the buckets after the run.
 *
 * @param jobs every item of the table
 * @param results the jobs whose result is stored and not empty
 * @param messages the number by queue, without empty queues
 * @param deadLetters the number by queue, without empty queues
 * @param unexpectedExits the number by process, of those that this test did not kill
 */
record FinalState(
        Map<JobId, Job> jobs,
        Set<JobId> results,
        Map<String, Long> messages,
        Map<String, Long> deadLetters,
        Map<String, Integer> unexpectedExits) {

    static FinalState of(StoredState state, ChaosFleet fleet) {
        Map<JobId, Job> jobs = new LinkedHashMap<>();
        List<Job> found = state.jobs();
        found.forEach(job -> jobs.put(job.id(), job));
        return new FinalState(
                jobs, state.results(found), state.messages(), state.deadLetters(), fleet.unexpectedExits());
    }
}
