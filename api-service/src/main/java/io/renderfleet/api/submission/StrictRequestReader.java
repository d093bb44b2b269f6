package io.renderfleet.api.submission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.api.body.LimitedBody;
import io.renderfleet.jobtype.RequestReader;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.Violations;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Validator;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Reads the bodies of the job types' own HTTP operations by {@link JsonBody}. */
@Component
class StrictRequestReader implements RequestReader {
    private final Validator validator;

    StrictRequestReader(Validator validator) {
        this.validator = validator;
    }

    @Override
    public <R extends Record> R json(HttpServletRequest request, Class<R> type, DataSize limit, Violations violations) {
        ObjectNode body = JsonBody.object(LimitedBody.read(request, limit), violations);
        R content = JsonBody.bind(body, type, Set.of(), violations);
        if (content == null) {
            throw ProblemException.invalid(violations.errors());
        }
        validator
                .validate(content)
                .forEach(violation -> violations.add(violation.getPropertyPath().toString(), violation.getMessage()));
        return content;
    }
}
