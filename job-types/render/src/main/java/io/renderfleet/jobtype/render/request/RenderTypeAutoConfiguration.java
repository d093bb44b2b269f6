package io.renderfleet.jobtype.render.request;

import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.jobtype.render.design.DesignApiAutoConfiguration;
import io.renderfleet.jobtype.render.design.DesignDigests;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** Adds the job type {@code render} to the API service. */
@AutoConfiguration(after = DesignApiAutoConfiguration.class)
@ConditionalOnBean(JobTypes.class)
class RenderTypeAutoConfiguration {

    @Bean
    RenderJobType renderJobType(DesignDigests designs) {
        return new RenderJobType(designs);
    }
}
