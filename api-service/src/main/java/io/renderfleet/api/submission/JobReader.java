package io.renderfleet.api.submission;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.api.body.RecordBinder;
import io.renderfleet.api.body.StrictJson;
import io.renderfleet.api.body.Violations;
import io.renderfleet.api.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** From the text of one job to a submission that may be accepted. */
@Component
class JobReader {
    private final SubmissionRules rules;

    JobReader(SubmissionRules rules) {
        this.rules = rules;
    }

    /** {@link ProblemException} with all that is wrong. */
    Submission read(String text, @Nullable String idempotencyKey) {
        Violations violations = new Violations();
        JsonNode json = StrictJson.parse(text, violations);
        RenderRequest request = RecordBinder.bind(json, RenderRequest.class, violations);
        if (request == null) {
            throw ProblemException.invalid(violations.errors());
        }
        return rules.check(request, idempotencyKey, violations);
    }
}
