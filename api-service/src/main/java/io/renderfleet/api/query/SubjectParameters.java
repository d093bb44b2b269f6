package io.renderfleet.api.query;

import io.renderfleet.job.JobTags;
import io.renderfleet.jobtype.JobTypes;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.QueryParameter;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Adds the parameters of {@link FilteredBySubject} to the OpenAPI document. */
@Configuration(proxyBeanMethods = false)
class SubjectParameters {

    @Bean
    OperationCustomizer subjectFilters(JobTypes types) {
        return (operation, method) -> {
            if (method.hasMethodAnnotation(FilteredBySubject.class)) {
                types.subjectFields()
                        .forEach(field -> operation.addParametersItem(new QueryParameter()
                                .name(field)
                                .description("Jobs with this " + field + ".")
                                .schema(new StringSchema().minLength(1).maxLength(JobTags.MAX_NAME))));
            }
            return operation;
        };
    }
}
