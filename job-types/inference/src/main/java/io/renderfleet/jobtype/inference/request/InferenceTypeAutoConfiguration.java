package io.renderfleet.jobtype.inference.request;

import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.jobtype.inference.input.InputAutoConfiguration;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.region.FleetSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Adds the job type {@code inference} to the API service. */
@AutoConfiguration(after = InputAutoConfiguration.class)
@ConditionalOnBean(JobTypes.class)
@EnableConfigurationProperties(InferenceSettings.class)
class InferenceTypeAutoConfiguration {

    @Bean
    InferenceJobType inferenceJobType(
            InferenceSettings settings, FleetSettings fleet, InputReferences inputs, Clock clock) {
        settings.checkRegions(fleet.regions());
        return new InferenceJobType(settings, inputs, clock);
    }
}
