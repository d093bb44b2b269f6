package io.renderfleet.jobtype.render.design;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.JobSearch;
import io.renderfleet.jobtype.JobTypes;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Adds the endpoints for designs to the API service. */
@AutoConfiguration(after = DesignStoreAutoConfiguration.class)
@ConditionalOnBean(JobTypes.class)
@EnableConfigurationProperties({DesignSettings.class, InspectionSettings.class})
public class DesignApiAutoConfiguration {

    @Bean
    DesignDigests designDigests(DesignStore store, DesignSettings settings) {
        return new DesignDigests(store, settings);
    }

    @Bean
    DesignValidator designValidator(InspectionSettings settings, MeterRegistry registry) {
        return new DesignValidator(settings, registry);
    }

    @Bean
    Uploads uploads(
            DesignStore store, DesignDigests digests, DesignSettings settings, DesignValidator designValidator) {
        return new Uploads(store, digests, settings, designValidator);
    }

    @Bean
    DesignLookup designLookup(DesignStore store) {
        return new DesignLookup(store);
    }

    @Bean
    DesignController designController(
            Uploads uploads, DesignLookup designLookup, DesignStore store, DesignDigests digests, JobSearch jobs) {
        return new DesignController(uploads, designLookup, store, digests, jobs);
    }

    @Bean
    DesignFileController designFileController(DesignLookup designLookup, DesignStore store, DesignSettings settings) {
        return new DesignFileController(designLookup, store, new Downloads(store, settings));
    }
}
