package io.renderfleet.bench;

import io.renderfleet.client.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The stored times of the jobs of each ordering key, in the order in which the jobs were accepted. Not thread-safe. */
final class KeyRuns {
    private final Map<String, List<Run>> keys = new LinkedHashMap<>();

    /** The start of the last attempt and the end of the job. */
    private record Run(Instant started, Instant finished) {}

    /**
     * Adds the next job of an ordering key.
     *
     * @param job the job as the API returns it, with its start and its end
     */
    void add(Job job) {
        Run run = new Run(
                Objects.requireNonNull(job.startedAt(), "a finished job has started"),
                Objects.requireNonNull(job.finishedAt(), "a finished job has an end"));
        keys.computeIfAbsent(Objects.requireNonNullElse(job.orderingKey(), ""), unseen -> new ArrayList<>())
                .add(run);
    }

    /** The number of jobs that started before the previous job of their key had ended. */
    long violations() {
        long violations = 0;
        for (List<Run> runs : keys.values()) {
            for (int i = 1; i < runs.size(); i++) {
                if (runs.get(i).started().isBefore(runs.get(i - 1).finished())) {
                    violations++;
                }
            }
        }
        return violations;
    }

    /** The largest number of keys with a running job at the same time. */
    long mostKeysAtATime() {
        Map<Instant, Map<String, Integer>> changes = new TreeMap<>();
        keys.forEach((key, runs) -> runs.forEach(run -> {
            change(changes, run.started(), key, 1);
            change(changes, run.finished(), key, -1);
        }));
        Map<String, Integer> running = new HashMap<>();
        long most = 0;
        for (Map<String, Integer> change : changes.values()) {
            change.forEach((key, by) -> running.merge(key, by, Integer::sum));
            most = Math.max(
                    most, running.values().stream().filter(jobs -> jobs > 0).count());
        }
        return most;
    }

    private static void change(Map<Instant, Map<String, Integer>> changes, Instant at, String key, int by) {
        changes.computeIfAbsent(at, unseen -> new HashMap<>()).merge(key, by, Integer::sum);
    }
}
