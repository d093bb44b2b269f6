package io.renderfleet.api.submission;

import io.renderfleet.identity.Caller;
import io.renderfleet.jobtype.JobSubmitter;
import io.renderfleet.jobtype.JobType;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.problem.Violations;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Submits the jobs of the job types' own HTTP operations as those of {@code POST /jobs}. */
@Component
class JobTypeSubmitter implements JobSubmitter {
    private final JobTypes types;
    private final EnvelopeRules rules;
    private final Submissions submissions;

    JobTypeSubmitter(JobTypes types, EnvelopeRules rules, Submissions submissions) {
        this.types = types;
        this.rules = rules;
        this.submissions = submissions;
    }

    @Override
    public ResponseEntity<AcceptedJob> submit(Request request) {
        JobType<?> type = types.find(request.type().value())
                .orElseThrow(() -> new IllegalArgumentException("There is no job type " + request.type()));
        Submission submission = rules.check(
                new Caller(request.user(), false),
                new JobRequest(
                        request.type().value(),
                        null,
                        request.user().value(),
                        request.priority().name(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null),
                new JobReader.Part(type, request.content(), request.payload(), null),
                request.idempotencyKey(),
                new Violations());
        UUID batch = request.batchId();
        return AcceptedJob.response(submissions.accept(batch == null ? submission : submission.inBatch(batch)));
    }
}
