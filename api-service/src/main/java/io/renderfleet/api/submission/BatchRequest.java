package io.renderfleet.api.submission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Violations;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A batch whose jobs have not been checked yet, so that each job can be accepted or refused on its own.
 *
 * @param jobs the jobs as the client sent them; an element is null when the client sent null
 */
record BatchRequest(@Nullable List<@Nullable JsonNode> jobs) {
    static final int MAX_JOBS = 100;

    /**
     * One job of a batch.
     *
     * @param violations the violations that were found so far
     */
    record Entry(@Nullable JsonNode body, Violations violations) {}

    /** Reads a batch; throws a {@link ProblemException} when the batch as a whole is not valid. */
    static List<Entry> read(String text) {
        Violations found = new Violations();
        ObjectNode body = JsonBody.object(text, found);
        Violations violations = new Violations();
        BatchRequest batch = JsonBody.bind(body, BatchRequest.class, Set.of(), violations);
        List<@Nullable JsonNode> jobs = batch == null ? null : batch.jobs();
        if (jobs == null) {
            violations.add("jobs", "is required");
        } else if (jobs.isEmpty() || jobs.size() > MAX_JOBS) {
            violations.add(
                    "jobs",
                    "must hold 1 to " + MAX_JOBS + " jobs"
                            + (jobs.isEmpty() ? "" : "; send the others in another batch"));
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode job : jobs == null ? List.<@Nullable JsonNode>of() : jobs) {
            entries.add(new Entry(job, new Violations()));
        }
        found.errors().forEach(error -> addTo(entries, error, violations));
        violations.throwIfAny();
        return entries;
    }

    /** Adds a violation to the job that it is in, with the path inside that job, or otherwise to the batch. */
    private static void addTo(List<Entry> entries, FieldError error, Violations batch) {
        for (int i = 0; i < entries.size(); i++) {
            String job = "jobs[" + i + "].";
            if (error.field().startsWith(job)) {
                entries.get(i).violations().add(error.field().substring(job.length()), error.message());
                return;
            }
        }
        batch.add(error.field(), error.message());
    }
}
