package io.renderfleet.jobtype.render.design;

import io.renderfleet.identity.Caller;
import io.renderfleet.identity.Library;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Violations;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the design that a request names: that of the user, or else the shared one with this id. */
class DesignLookup {
    static final String READ_SHARED =
            "true for the library that all users share. By default the user's own, and otherwise" + " the shared one.";

    private static final String FORM = "must be 1 to 128 of A-Z a-z 0-9 . _ -";

    private final DesignStore store;

    DesignLookup(DesignStore store) {
        this.store = store;
    }

    /**
     * A design.
     *
     * @param shared whether it is in the library that all users share
     */
    record Found(Design design, boolean shared) {}

    /**
     * Finds a design.
     *
     * @param userId the {@code userId} of the request; null for the caller
     * @param shared the {@code shared} of the request; null if it was left out
     * @throws ProblemException if a parameter is not valid, or there is no such design
     */
    Found find(String designId, @Nullable String userId, @Nullable String shared, Caller caller) {
        DesignId id = id("designId", designId);
        Library library = readable(caller, userId, shared);
        return store.find(library, id)
                .map(design -> new Found(design, library.equals(Library.SHARED)))
                .or(() -> library.equals(Library.SHARED)
                        ? Optional.empty()
                        : store.find(Library.SHARED, id).map(design -> new Found(design, true)))
                .orElseThrow(() -> notFound(id));
    }

    /** The library of which a request reads the designs. */
    static Library readable(Caller caller, @Nullable String userId, @Nullable String shared) {
        Violations violations = new Violations();
        boolean onlyShared = flag("shared", shared, violations);
        Library library = Library.read(caller, userId, violations);
        violations.throwIfAny();
        return onlyShared ? Library.SHARED : library;
    }

    /** The value of a parameter that is true or false, and false if it was left out. */
    static boolean flag(String name, @Nullable String value, Violations violations) {
        if (value != null && !value.equals("true") && !value.equals("false")) {
            violations.add(name, "must be true or false");
        }
        return "true".equals(value);
    }

    static ProblemException notFound(DesignId id) {
        return ProblemException.of(
                DesignProblems.NOT_FOUND, "There is no design " + id + ". Upload it with PUT /designs/" + id + ".");
    }

    /** Reads an id; {@link ProblemException} if it is none. */
    static DesignId id(String field, String text) {
        try {
            return new DesignId(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid(List.of(new FieldError(field, FORM)));
        }
    }
}
