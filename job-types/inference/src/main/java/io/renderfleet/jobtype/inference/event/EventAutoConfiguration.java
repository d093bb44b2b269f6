package io.renderfleet.jobtype.inference.event;

import io.renderfleet.jobtype.JobSubmitter;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.jobtype.RequestReader;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.input.InputAutoConfiguration;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** Adds {@code POST /events} to the API service. */
@AutoConfiguration(after = InputAutoConfiguration.class)
@ConditionalOnBean(JobTypes.class)
class EventAutoConfiguration {

    @Bean
    EventController eventController(
            InferenceSettings settings, InputReferences inputs, RequestReader reader, JobSubmitter jobs, Clock clock) {
        EventJobs events = new EventJobs(new EventTemplates(settings), new ImageRules(settings.images()), clock);
        return new EventController(
                events, reader, jobs, inputs, settings.events().maxBody(), clock);
    }
}
