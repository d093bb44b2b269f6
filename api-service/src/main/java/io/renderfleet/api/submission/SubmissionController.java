package io.renderfleet.api.submission;

import io.renderfleet.api.problem.FieldError;
import io.renderfleet.api.problem.ProblemException;
import io.renderfleet.api.submission.Submissions.Accepted;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes jobs, one or many at a time. */
@RestController
class SubmissionController {
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String REPLAYED = "Idempotent-Replayed";

    /** A job is seldom done sooner. */
    private static final String POLL_AFTER_SECONDS = "1";

    private final JobReader reader;
    private final Submissions submissions;
    private final SubmissionSettings settings;

    SubmissionController(JobReader reader, Submissions submissions, SubmissionSettings settings) {
        this.reader = reader;
        this.submissions = submissions;
        this.settings = settings;
    }

    @PostMapping(path = "/jobs", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<AcceptedJob> submit(HttpServletRequest request) {
        Submission submission = reader.read(RequestBody.read(request, settings.maxJob()), idempotencyKey(request));
        Accepted accepted = submissions.accept(submission);
        AcceptedJob answer = AcceptedJob.of(accepted.id());
        var response = ResponseEntity.accepted()
                .location(answer.links().self())
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.RETRY_AFTER, POLL_AFTER_SECONDS);
        if (accepted.replayed()) {
            response.header(REPLAYED, "true");
        }
        return response.body(answer);
    }

    private static @Nullable String idempotencyKey(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders(IDEMPOTENCY_KEY));
        if (keys.size() > 1) {
            throw ProblemException.invalid(List.of(new FieldError(IDEMPOTENCY_KEY, "must be given once")));
        }
        return keys.isEmpty() ? null : keys.getFirst();
    }
}
