package io.renderfleet.jobtype.render.design;

import io.renderfleet.jobtype.JobTypes;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Adds the endpoints for designs to the API service. */
@AutoConfiguration(after = DesignStoreAutoConfiguration.class)
@ConditionalOnBean(JobTypes.class)
@EnableConfigurationProperties(DesignSettings.class)
public class DesignApiAutoConfiguration {

    @Bean
    DesignDigests designDigests(DesignStore store, DesignSettings settings) {
        return new DesignDigests(store, settings);
    }

    @Bean
    Uploads uploads(DesignStore store, DesignDigests digests, DesignSettings settings) {
        return new Uploads(store, digests, settings);
    }

    @Bean
    DesignController designController(Uploads uploads, DesignStore store) {
        return new DesignController(uploads, store);
    }
}
