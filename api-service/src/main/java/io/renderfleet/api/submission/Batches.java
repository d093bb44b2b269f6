package io.renderfleet.api.submission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.admission.Admission.Permit;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.api.body.LimitedBody;
import io.renderfleet.api.problem.Problems;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.JobBatches;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * Submits the jobs of a batch, each as if it had been sent alone. The jobs are stored in parallel, as far as
 * {@link StoreSlots} allows, and their messages are sent to SQS in batches. Jobs of one group of {@link BatchOrder} are
 * stored one after another in batch order. If limits allow only some of the jobs, the first ones are admitted.
 */
@Component
class Batches {
    private final JobReader reader;
    private final Submissions submissions;
    private final JobBatches store;
    private final StoreSlots slots;
    private final DataSize maxJob;

    Batches(
            JobReader reader,
            Submissions submissions,
            JobBatches store,
            StoreSlots slots,
            SubmissionSettings settings) {
        this.reader = reader;
        this.submissions = submissions;
        this.store = store;
        this.slots = slots;
        this.maxJob = settings.maxJob();
    }

    /**
     * Stores the batch, submits the jobs, and returns the outcome for each, in the order of the batch. If none of the jobs
     * could be admitted, there is no batch.
     *
     * @throws ProblemException if the batch could not be stored; then no job was
     */
    BatchItem.Answer accept(Caller caller, List<BatchRequest.Entry> jobs) {
        @Nullable BatchItem[] items = new @Nullable BatchItem[jobs.size()];
        List<BatchOrder.Entry> entries = new ArrayList<>();
        Map<Integer, Permit> permits = new HashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            try {
                Submission submission = read(caller, jobs.get(i));
                permits.put(i, submissions.admit(submission));
                entries.add(new BatchOrder.Entry(i, submission));
            } catch (ProblemException e) {
                items[i] = BatchItem.refused(i, e);
            }
        }
        UUID batch = entries.isEmpty() ? null : store(entries, permits.values());
        run(
                BatchOrder.groups(batch == null ? entries : inBatch(entries, batch)),
                entry -> items[entry.index()] = accept(entry, Objects.requireNonNull(permits.get(entry.index()))));
        List<BatchItem> answers = new ArrayList<>(items.length);
        for (BatchItem item : items) {
            if (item == null) {
                throw new IllegalStateException("Every job of a batch has an outcome");
            }
            answers.add(item);
        }
        return new BatchItem.Answer(batch, answers);
    }

    private UUID store(List<BatchOrder.Entry> entries, Collection<Permit> permits) {
        boolean stored = false;
        try {
            UserId owner = entries.getFirst().submission().userId();
            List<JobId> ids =
                    entries.stream().map(entry -> entry.submission().id()).toList();
            UUID batch = slots.in(() -> store.create(owner, ids)).id();
            stored = true;
            return batch;
        } finally {
            if (!stored) {
                permits.forEach(Permit::unused);
            }
        }
    }

    private static List<BatchOrder.Entry> inBatch(List<BatchOrder.Entry> entries, UUID batch) {
        return entries.stream()
                .map(entry ->
                        new BatchOrder.Entry(entry.index(), entry.submission().inBatch(batch)))
                .toList();
    }

    private Submission read(Caller caller, BatchRequest.Entry job) {
        if (!(job.body() instanceof ObjectNode body)) {
            job.violations().add("body", "must be an object");
            throw ProblemException.invalid(job.violations().errors());
        }
        if (JsonBody.bytes(body) > maxJob.toBytes()) {
            throw LimitedBody.tooLarge(maxJob);
        }
        return reader.read(caller, body, null, job.violations());
    }

    private BatchItem accept(BatchOrder.Entry entry, Permit permit) {
        try {
            return BatchItem.accepted(entry.index(), submissions.accept(entry.submission(), permit));
        } catch (RuntimeException e) {
            return BatchItem.refused(entry.index(), Problems.translate(e));
        }
    }

    private static void run(List<List<BatchOrder.Entry>> groups, Consumer<BatchOrder.Entry> acceptance) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        // Closing the executor waits for all jobs, each of which has its own time limits.
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            groups.forEach(group -> threads.execute(() -> {
                if (context != null) {
                    MDC.setContextMap(context);
                }
                group.forEach(acceptance);
            }));
        }
    }
}
