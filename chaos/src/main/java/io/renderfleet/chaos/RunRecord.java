package io.renderfleet.chaos;

import io.renderfleet.job.JobId;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Records the injected faults, the other events of the test and the jobs that the API acknowledged. Thread-safe. */
final class RunRecord {
    private final Map<JobId, PlannedJob> acknowledged = new ConcurrentHashMap<>();
    private final Queue<JobId> order = new ConcurrentLinkedQueue<>();
    private final Set<JobId> cancelled = ConcurrentHashMap.newKeySet();
    private final Set<JobId> retried = ConcurrentHashMap.newKeySet();
    private final Queue<String> secondJobs = new ConcurrentLinkedQueue<>();
    private final Queue<Interruption> interruptions = new ConcurrentLinkedQueue<>();
    private final Map<String, LongAdder> unexpected = new ConcurrentHashMap<>();
    private final Map<ChaosEvent, LongAdder> events = new EnumMap<>(ChaosEvent.class);

    RunRecord() {
        for (ChaosEvent event : ChaosEvent.values()) {
            events.put(event, new LongAdder());
        }
    }

    /** A worker that was killed or paused, and the jobs that it was running. */
    record Interruption(Instant at, List<JobId> jobs) {
        Interruption {
            jobs = List.copyOf(jobs);
        }
    }

    /** The API answered 202 for this job, with this id. */
    void acknowledged(PlannedJob job, JobId id) {
        if (!id.equals(job.id())) {
            secondJobs.add(job.id() + " was acknowledged as " + id);
        }
        if (acknowledged.putIfAbsent(id, job) == null) {
            order.add(id);
        }
    }

    Map<JobId, PlannedJob> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    /** In the order in which they were first acknowledged. */
    List<JobId> inOrder() {
        return List.copyOf(order);
    }

    void cancelled(JobId id) {
        cancelled.add(id);
    }

    List<JobId> cancelled() {
        return cancelled.stream().sorted((a, b) -> a.uuid().compareTo(b.uuid())).toList();
    }

    void retried(JobId id) {
        retried.add(id);
    }

    Set<JobId> retried() {
        return Set.copyOf(retried);
    }

    /** Acknowledgements that carried another id than the planned one. */
    List<String> secondJobs() {
        return List.copyOf(secondJobs);
    }

    void interrupted(Interruption interruption) {
        interruptions.add(interruption);
    }

    List<Interruption> interruptions() {
        return List.copyOf(interruptions);
    }

    /** Counts something that should not happen but does not end the run. */
    void unexpected(String what) {
        unexpected.computeIfAbsent(what, unseen -> new LongAdder()).increment();
    }

    Map<String, Long> unexpected() {
        Map<String, Long> counts = new TreeMap<>();
        unexpected.forEach((what, count) -> counts.put(what, count.sum()));
        return counts;
    }

    void count(ChaosEvent event) {
        LongAdder counter = events.get(event);
        if (counter != null) {
            counter.increment();
        }
    }

    Map<ChaosEvent, Long> events() {
        Map<ChaosEvent, Long> counts = new LinkedHashMap<>();
        events.forEach((event, count) -> counts.put(event, count.sum()));
        return counts;
    }
}
