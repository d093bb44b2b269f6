package io.renderfleet.jobtype.inference.run;

import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.model.ModelClient;
import io.renderfleet.jobtype.inference.run.ModelPools.ModelPool;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.jobtype.inference.settings.KeyPoolDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Adds the runner of inference jobs to the worker service. */
@AutoConfiguration
@ConditionalOnBean(JobRunners.class)
@EnableConfigurationProperties(InferenceSettings.class)
class InferenceRunnerAutoConfiguration {

    @Bean
    ModelPools modelPools(InferenceSettings settings, Clock clock) {
        return new ModelPools(settings.pools().values().stream()
                .map(pool -> pool(pool, clock))
                .toList());
    }

    private static ModelPool pool(KeyPoolDefinition pool, Clock clock) {
        return new ModelPool(
                new KeyPool(pool.keyPool(InferenceRunnerAutoConfiguration::secret), clock, new Random()),
                new ModelClient(pool.provider()),
                pool.models());
    }

    private static Secret secret(String name, String place) {
        try {
            if (place.startsWith("file:")) {
                return Secret.of(name, Files.readString(Path.of(place.substring("file:".length()))));
            }
            return Secret.of(name, String.valueOf(System.getenv(place.substring("env:".length()))));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from its file", e);
        }
    }

    @Bean
    InferenceRunner inferenceRunner(ModelPools pools, InferenceSettings settings, Clock clock) {
        return new InferenceRunner(pools, settings.calls(), clock);
    }
}
