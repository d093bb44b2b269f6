package io.renderfleet.problem;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The codes of the problems that an operation may answer with, besides those that any can: they become part of its
 * description. Each must be the code of a {@link ProblemType} of the API or of one of its job types.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Refuses {
    String[] value();

    /** Whether the operation may also answer with what the job types refuse submissions with. */
    boolean byJobTypes() default false;
}
