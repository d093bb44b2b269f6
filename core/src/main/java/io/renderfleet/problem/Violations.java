package io.renderfleet.problem;

import io.renderfleet.problem.ProblemException.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All that is wrong with one request, gathered before anything is answered. The first word on a field stands. */
public final class Violations {
    /** Keeps an answer short when a body is wrong throughout. */
    static final int MAX = 50;

    private final List<FieldError> errors = new ArrayList<>();
    private final Set<String> fields = new HashSet<>();

    public void add(String field, String message) {
        if (fields.add(field) && errors.size() < MAX) {
            errors.add(new FieldError(field, message));
        }
    }

    public boolean has(String field) {
        return fields.contains(field);
    }

    public boolean isEmpty() {
        return errors.isEmpty();
    }

    public List<FieldError> errors() {
        return List.copyOf(errors);
    }

    public void throwIfAny() {
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
    }
}
