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

/** When the jobs of each ordering key ran, by their stored times, in the order in which they were accepted. */
final class KeyRuns {
    private final Map<String, List<Run>> keys = new LinkedHashMap<>();

    /** From the start of the last attempt to the end of the job. */
    private record Run(Instant started, Instant finished) {}

    /**
     * The next of its key.
     *
     * @param job as the API shows it
     */
    void add(Job job) {
        Run run = new Run(
                Objects.requireNonNull(job.startedAt(), "a finished job has started"),
                Objects.requireNonNull(job.finishedAt(), "a finished job has an end"));
        keys.computeIfAbsent(Objects.requireNonNullElse(job.orderingKey(), ""), unseen -> new ArrayList<>())
                .add(run);
    }

    /** Jobs that started before the one before them had ended. */
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

    /** How many keys had a job at work at the same moment, at most. */
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
