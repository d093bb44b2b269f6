package io.renderfleet.api.submission;

import io.renderfleet.api.problem.ProblemException;
import io.renderfleet.api.problem.Problems;
import io.renderfleet.job.JobId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * Accepts the jobs of a batch, each as if it had come alone. They are stored side by side, as far as
 * {@link StoreSlots} lets them, and their messages leave in common batches; jobs that name the same id come one after
 * another in the order of the batch, so that the later ones are repeats or conflicts.
 */
@Component
class Batches {
    private final JobReader reader;
    private final Submissions submissions;
    private final DataSize maxJob;

    Batches(JobReader reader, Submissions submissions, SubmissionSettings settings) {
        this.reader = reader;
        this.submissions = submissions;
        this.maxJob = settings.maxJob();
    }

    /** What became of each job, in the order of the batch. */
    List<BatchItem> accept(List<String> texts) {
        @Nullable BatchItem[] items = new @Nullable BatchItem[texts.size()];
        Map<JobId, List<Runnable>> byId = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            int index = i;
            try {
                Submission submission = read(texts.get(i));
                byId.computeIfAbsent(submission.id(), id -> new ArrayList<>())
                        .add(() -> items[index] = accept(index, submission));
            } catch (ProblemException e) {
                items[index] = BatchItem.refused(index, e);
            }
        }
        run(byId);
        List<BatchItem> answers = new ArrayList<>(items.length);
        for (BatchItem item : items) {
            if (item == null) {
                throw new IllegalStateException("every job of a batch is answered");
            }
            answers.add(item);
        }
        return answers;
    }

    private Submission read(String text) {
        // Characters first: no text has fewer bytes than characters.
        if (text.length() > maxJob.toBytes() || StrictJson.bytes(text) > maxJob.toBytes()) {
            throw LimitedBody.tooLarge(maxJob);
        }
        return reader.read(text, null);
    }

    private BatchItem accept(int index, Submission submission) {
        try {
            return BatchItem.accepted(index, submissions.accept(submission));
        } catch (RuntimeException e) {
            return BatchItem.refused(index, Problems.translate(e));
        }
    }

    private static void run(Map<JobId, List<Runnable>> byId) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        // Closing waits for all, and each has its deadlines.
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            byId.values()
                    .forEach(jobs -> threads.execute(() -> {
                        if (context != null) {
                            MDC.setContextMap(context);
                        }
                        jobs.forEach(Runnable::run);
                    }));
        }
    }
}
