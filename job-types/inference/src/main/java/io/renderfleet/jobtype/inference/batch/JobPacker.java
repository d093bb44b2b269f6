package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.job.JobPayload;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the payloads of jobs of tasks, and writes each as a line of a file, in the order of the jobs' numbers. A job has
 * tasks of one model, as many as it can have and as its payload can hold, in the order of the lines.
 *
 * <p>Not thread-safe.
 */
final class JobPacker {
    private final OutputStream jobs;
    private final Map<String, String> source;
    private final Map<String, Open> open = new LinkedHashMap<>();
    private final List<Integer> sizes = new ArrayList<>();
    private final Map<String, Integer> jobOf = new HashMap<>();

    JobPacker(BatchId batch, OutputStream jobs) {
        this.jobs = jobs;
        this.source = Map.of("batchId", batch.toString());
    }

    /** A job that is not full. */
    private static final class Open {
        private final List<Task> tasks = new ArrayList<>();

        /** At least the size of the payload in bytes. What tasks have in common is stored once, but counted for each. */
        private long most;
    }

    /** Adds a task to a job; false if the task alone is too large. */
    boolean add(String model, Task task) throws IOException {
        Optional<JobPayload> alone = payload(model, List.of(task));
        if (alone.isEmpty()) {
            return false;
        }
        Open job = open.computeIfAbsent(model, _ -> new Open());
        int bytes = alone.get().bytes();
        if (job.tasks.size() == InferencePayload.MAX_TASKS || !hasRoom(model, job, task, bytes)) {
            write(model, job);
            job = new Open();
            open.put(model, job);
        }
        job.tasks.add(task);
        job.most += bytes;
        return true;
    }

    private boolean hasRoom(String model, Open job, Task task, int bytes) {
        if (job.most + bytes <= JobPayload.MAX_BYTES) {
            return true;
        }
        List<Task> more = new ArrayList<>(job.tasks);
        more.add(task);
        Optional<JobPayload> exact = payload(model, more);
        exact.ifPresent(payload -> job.most = payload.bytes() - (long) bytes);
        return exact.isPresent();
    }

    /** Writes the jobs that are not full. No task is added after this. */
    void finish() throws IOException {
        for (Map.Entry<String, Open> job : open.entrySet()) {
            write(job.getKey(), job.getValue());
        }
        open.clear();
    }

    /** The numbers of tasks of the jobs; the first job has the number 0. */
    List<Integer> sizes() {
        return List.copyOf(sizes);
    }

    /** The number of the job that has the task of a line. */
    int jobOf(int line) {
        Integer job = jobOf.get(LineRules.taskId(line));
        if (job == null) {
            throw new IllegalStateException("line " + line + " is in no job");
        }
        return job;
    }

    private Optional<JobPayload> payload(String model, List<Task> tasks) {
        try {
            return Optional.of(InferencePayload.FORMAT.write(new InferencePayload(model, tasks, null, source)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void write(String model, Open job) throws IOException {
        JobPayload payload = payload(model, job.tasks).orElseThrow();
        jobs.write(payload.json().getBytes(StandardCharsets.UTF_8));
        jobs.write('\n');
        job.tasks.forEach(task -> jobOf.put(task.taskId(), sizes.size()));
        sizes.add(job.tasks.size());
    }
}
