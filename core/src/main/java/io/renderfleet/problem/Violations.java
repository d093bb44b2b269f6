package io.renderfleet.problem;

import io.renderfleet.problem.ProblemException.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the errors of one request. Only the first error of each field is kept. */
public final class Violations {
    /** The most errors of one answer. */
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
