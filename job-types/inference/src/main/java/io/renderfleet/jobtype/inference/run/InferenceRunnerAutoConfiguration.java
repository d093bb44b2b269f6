package io.renderfleet.jobtype.inference.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.jobtype.inference.cache.AnswerCache;
import io.renderfleet.jobtype.inference.fetch.HttpsImages;
import io.renderfleet.jobtype.inference.fetch.ImageMemory;
import io.renderfleet.jobtype.inference.fetch.TaskImages;
import io.renderfleet.jobtype.inference.fleet.FleetKeys;
import io.renderfleet.jobtype.inference.fleet.InferenceKeysAutoConfiguration;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.jobtype.inference.image.InputStoreAutoConfiguration;
import io.renderfleet.jobtype.inference.run.ModelPools.ModelPool;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** Adds the runner of inference jobs to the worker service. */
@AutoConfiguration(after = {InferenceKeysAutoConfiguration.class, InputStoreAutoConfiguration.class})
@ConditionalOnBean(JobRunners.class)
class InferenceRunnerAutoConfiguration {

    @Bean
    ModelPools modelPools(InferenceSettings settings, RegionId region, FleetKeys keys, Clock clock) {
        return new ModelPools(settings.poolsIn(region).entrySet().stream()
                .map(pool -> new ModelPool(
                        keys.pool(pool.getKey()).keys(),
                        keys.client(pool.getKey()),
                        new Endpoint(pool.getKey(), clock),
                        pool.getValue().models()))
                .toList());
    }

    @Bean
    HttpsImages httpsImages(InferenceSettings settings) {
        return new HttpsImages(settings.images().timeout());
    }

    /** The images of all tasks take up to an eighth of the heap, or what those of one task need. */
    @Bean
    TaskImages taskImages(InferenceSettings settings, InputStore store, HttpsImages https, Clock clock) {
        return new TaskImages(
                new ImageRules(settings.images()),
                store,
                https,
                new ImageMemory(
                        Runtime.getRuntime().maxMemory() / 8,
                        settings.images().maxBytes().toBytes()),
                clock);
    }

    @Bean
    AnswerCache answerCache(InferenceSettings settings, FleetSettings fleet, MeterRegistry registry) {
        return AnswerCache.of(settings.cache(), fleet.env(), registry);
    }

    @Bean
    InferenceRunner inferenceRunner(
            ModelPools pools, TaskImages images, AnswerCache cache, InferenceSettings settings, Clock clock) {
        return new InferenceRunner(pools, images, cache, settings.calls(), clock);
    }
}
