package io.renderfleet.api.submission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.JobType;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.Violations;
import jakarta.validation.Validator;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * From the body of one job to a submission that may be accepted. The fields of every job are read here, the others by
 * the job's type.
 */
@Component
class JobReader {
    private final JobTypes types;
    private final EnvelopeRules rules;
    private final Validator validator;

    JobReader(JobTypes types, EnvelopeRules rules, Validator validator) {
        this.types = types;
        this.rules = rules;
        this.validator = validator;
        types.all().forEach(JobReader::requireOwnFields);
    }

    private static void requireOwnFields(JobType<?> type) {
        Arrays.stream(type.requestType().getRecordComponents()).forEach(component -> {
            if (JobRequest.FIELDS.contains(component.getName())) {
                throw new IllegalStateException("the job type " + type.name() + " has a field " + component.getName()
                        + ", which every job has: give it another name");
            }
        });
    }

    /** {@link ProblemException} with all that is wrong. */
    Submission read(String text, @Nullable String idempotencyKey) {
        Violations violations = new Violations();
        return read(JsonBody.object(text, violations), idempotencyKey, violations);
    }

    /**
     * {@link ProblemException} with all that is wrong.
     *
     * @param violations what is known to be wrong with the job so far
     */
    Submission read(ObjectNode body, @Nullable String idempotencyKey, Violations violations) {
        ObjectNode own = body.objectNode();
        ObjectNode rest = body.objectNode();
        body.properties()
                .forEach(field -> (JobRequest.FIELDS.contains(field.getKey()) ? own : rest)
                        .set(field.getKey(), field.getValue()));
        JobRequest envelope = JsonBody.bind(own, JobRequest.class, Set.of(), violations);
        if (envelope == null) {
            throw ProblemException.invalid(violations.errors());
        }
        validate(envelope, violations);
        Optional<JobType<?>> type = type(envelope.type(), violations);
        Part part = type.isEmpty() ? null : part(type.get(), rest, violations);
        return rules.check(envelope, part, idempotencyKey, violations);
    }

    /**
     * The type's part of a submission.
     *
     * @param request null when it could not be read
     * @param payload null when something was wrong with it
     */
    record Part(
            JobType<?> type,
            @Nullable Record request,
            @Nullable PayloadSource payload) {}

    private <R extends Record> Part part(JobType<R> type, ObjectNode rest, Violations violations) {
        R request = JsonBody.bind(rest, type.requestType(), JobRequest.FIELDS, violations);
        if (request == null) {
            return new Part(type, null, null);
        }
        validate(request, violations);
        return new Part(type, request, type.prepare(request, violations));
    }

    private void validate(Record request, Violations violations) {
        validator
                .validate(request)
                .forEach(violation -> violations.add(violation.getPropertyPath().toString(), violation.getMessage()));
    }

    private Optional<JobType<?>> type(@Nullable String name, Violations violations) {
        if (name == null) {
            // A type of another kind than a string is among the violations, and stands for no other type.
            Optional<JobType<?>> byDefault = violations.has("type") ? Optional.empty() : types.byDefault();
            if (byDefault.isEmpty()) {
                violations.add("type", "is required; " + known());
            }
            return byDefault;
        }
        Optional<JobType<?>> type = types.find(name);
        if (type.isEmpty()) {
            violations.add("type", known());
        }
        return type;
    }

    private String known() {
        return "must be "
                + types.all().stream()
                        .map(JobType::name)
                        .map(JobTypeName::value)
                        .collect(Collectors.joining(" or "));
    }
}
