package io.renderfleet.problem;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The codes of the problems that an HTTP operation can answer with, in addition to those that every operation can.
 * They become part of the operation's description. Each must be the code of a {@link ProblemType} of the API or of a
 * job type.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Refuses {
    String[] value();

    /** Whether the operation can also answer with the problems of the job types' submissions. */
    boolean byJobTypes() default false;
}
