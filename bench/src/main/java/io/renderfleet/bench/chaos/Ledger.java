package io.renderfleet.bench.chaos;

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

/** What was done to the fleet, and what it promised. Thread-safe. */
final class Ledger {
    private final Map<JobId, PlannedJob> acknowledged = new ConcurrentHashMap<>();
    private final Queue<JobId> order = new ConcurrentLinkedQueue<>();
    private final Set<JobId> cancelled = ConcurrentHashMap.newKeySet();
    private final Set<JobId> retried = ConcurrentHashMap.newKeySet();
    private final Queue<String> secondJobs = new ConcurrentLinkedQueue<>();
    private final Queue<Interruption> interruptions = new ConcurrentLinkedQueue<>();
    private final Map<String, LongAdder> surprises = new ConcurrentHashMap<>();
    private final Map<Deed, LongAdder> deeds = new EnumMap<>(Deed.class);

    Ledger() {
        for (Deed deed : Deed.values()) {
            deeds.put(deed, new LongAdder());
        }
    }

    /** A worker that was killed or stopped, and the jobs that it held then. */
    record Interruption(Instant at, List<JobId> jobs) {
        Interruption {
            jobs = List.copyOf(jobs);
        }
    }

    /** The API said 202 to this job, with this id. */
    void acknowledged(PlannedJob job, JobId id) {
        if (!id.equals(job.id())) {
            secondJobs.add(job.id() + " was answered as " + id);
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

    /** Answers that named another job than the request's one. */
    List<String> secondJobs() {
        return List.copyOf(secondJobs);
    }

    void interrupted(Interruption interruption) {
        interruptions.add(interruption);
    }

    List<Interruption> interruptions() {
        return List.copyOf(interruptions);
    }

    /** Something that should not happen, and does not stop the run. */
    void surprise(String what) {
        surprises.computeIfAbsent(what, unseen -> new LongAdder()).increment();
    }

    Map<String, Long> surprises() {
        Map<String, Long> counts = new TreeMap<>();
        surprises.forEach((what, count) -> counts.put(what, count.sum()));
        return counts;
    }

    void count(Deed deed) {
        LongAdder counter = deeds.get(deed);
        if (counter != null) {
            counter.increment();
        }
    }

    Map<Deed, Long> deeds() {
        Map<Deed, Long> counts = new LinkedHashMap<>();
        deeds.forEach((deed, count) -> counts.put(deed, count.sum()));
        return counts;
    }
}
