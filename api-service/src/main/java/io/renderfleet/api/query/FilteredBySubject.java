package io.renderfleet.api.query;

import io.renderfleet.jobtype.JobType;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An operation that lists jobs and takes, besides the parameters that it declares, the {@link JobType#subjectField} of
 * each job type of this deployment as a filter.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface FilteredBySubject {}
