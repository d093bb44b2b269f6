package io.renderfleet.jobtype.inference.run;

import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.jobtype.inference.fleet.FleetKeys;
import io.renderfleet.jobtype.inference.fleet.InferenceKeysAutoConfiguration;
import io.renderfleet.jobtype.inference.run.ModelPools.ModelPool;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** Adds the runner of inference jobs to the worker service. */
@AutoConfiguration(after = InferenceKeysAutoConfiguration.class)
@ConditionalOnBean(JobRunners.class)
class InferenceRunnerAutoConfiguration {

    @Bean
    ModelPools modelPools(InferenceSettings settings, FleetKeys keys) {
        return new ModelPools(settings.pools().entrySet().stream()
                .map(pool -> new ModelPool(
                        keys.pool(pool.getKey()).keys(),
                        keys.client(pool.getKey()),
                        pool.getValue().models()))
                .toList());
    }

    @Bean
    InferenceRunner inferenceRunner(ModelPools pools, InferenceSettings settings, Clock clock) {
        return new InferenceRunner(pools, settings.calls(), clock);
    }
}
