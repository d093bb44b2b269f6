package io.renderfleet.testing.echo;

import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.jobtype.JobTypes;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** Adds the type to each service of a test that knows types. */
@AutoConfiguration
public class EchoAutoConfiguration {

    @Bean
    @ConditionalOnBean(JobTypes.class)
    EchoJobType echoJobType() {
        return new EchoJobType();
    }

    @Bean
    @ConditionalOnBean(JobRunners.class)
    EchoRunner echoRunner() {
        return new EchoRunner();
    }
}
