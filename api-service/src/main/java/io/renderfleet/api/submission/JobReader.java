package io.renderfleet.api.submission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.api.lookup.JobView;
import io.renderfleet.identity.Caller;
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
 * Reads a submission from the body of a request. This class reads the fields that every job has; the job type reads the
 * others.
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
            if (JobRequest.FIELDS.contains(component.getName()) || JobView.FIELDS.contains(component.getName())) {
                throw new IllegalStateException("The job type " + type.name() + " declares the field "
                        + component.getName() + ", which every job already has. Rename the field of the type.");
            }
        });
    }

    /**
     * Reads a submission; throws a {@link ProblemException} with all violations.
     *
     * @param idempotencyKey the value of the header {@code Idempotency-Key}; null without the header
     */
    Submission read(Caller caller, String text, @Nullable String idempotencyKey) {
        Violations violations = new Violations();
        return read(caller, JsonBody.object(text, violations), idempotencyKey, violations);
    }

    /**
     * Reads a submission; throws a {@link ProblemException} with all violations.
     *
     * @param idempotencyKey the value of the header {@code Idempotency-Key}; null without the header
     * @param violations the violations that were found so far; more are added
     */
    Submission read(Caller caller, ObjectNode body, @Nullable String idempotencyKey, Violations violations) {
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
        return rules.check(caller, envelope, part, idempotencyKey, violations);
    }

    /**
     * The part of a submission that belongs to its job type.
     *
     * @param request the fields of the type; null when they could not be read
     * @param payload the source of the payload; null when a field is not valid
     * @param subject the value of {@link JobType#subjectField}; null without one
     */
    record Part(
            JobType<?> type,
            @Nullable Record request,
            @Nullable PayloadSource payload,
            @Nullable String subject) {}

    private <R extends Record> Part part(JobType<R> type, ObjectNode rest, Violations violations) {
        R request = JsonBody.bind(rest, type.requestType(), JobRequest.FIELDS, violations);
        if (request == null) {
            return new Part(type, null, null, null);
        }
        validate(request, violations);
        String subject =
                type.subjectField().map(field -> rest.path(field).textValue()).orElse(null);
        return new Part(type, request, type.prepare(request, violations), subject);
    }

    private void validate(Record request, Violations violations) {
        validator
                .validate(request)
                .forEach(violation -> violations.add(violation.getPropertyPath().toString(), violation.getMessage()));
    }

    private Optional<JobType<?>> type(@Nullable String name, Violations violations) {
        if (name == null) {
            // If the type is not a string, there is a violation already, and the default type must not be used.
            Optional<JobType<?>> defaultType = violations.has("type") ? Optional.empty() : types.byDefault();
            if (defaultType.isEmpty()) {
                violations.add("type", "is required; " + known());
            }
            return defaultType;
        }
        Optional<JobType<?>> type = types.find(name);
        if (type.isEmpty()) {
            violations.add("type", known());
        }
        return type;
    }

    private String known() {
        return "must be one of "
                + types.all().stream()
                        .map(JobType::name)
                        .map(JobTypeName::value)
                        .collect(Collectors.joining(", "));
    }
}
