package io.renderfleet.bench.chaos;

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
 * @param ownDeaths of processes that nobody had killed
 */
record Evidence(
        Map<JobId, Job> jobs,
        Set<String> results,
        Map<String, Long> messages,
        Map<String, Long> deadLetters,
        Map<String, Integer> ownDeaths) {

    static Evidence of(Truth truth, ChaosFleet fleet) {
        Map<JobId, Job> jobs = new LinkedHashMap<>();
        List<Job> found = truth.jobs();
        found.forEach(job -> jobs.put(job.id(), job));
        return new Evidence(jobs, truth.results(), truth.messages(), truth.deadLetters(), fleet.ownDeaths());
    }
}
