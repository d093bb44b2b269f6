package io.renderfleet.jobtype.render.run;

import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.jobtype.render.design.DesignStore;
import io.renderfleet.jobtype.render.design.DesignStoreAutoConfiguration;
import io.renderfleet.render.Renderer;
import io.renderfleet.render.SceneLimits;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Adds the runner of render jobs to the worker service. */
@AutoConfiguration(after = DesignStoreAutoConfiguration.class)
@ConditionalOnBean(JobRunners.class)
@EnableConfigurationProperties(RenderJobSettings.class)
class RenderRunnerAutoConfiguration {

    @Bean
    Renderer renderer(RenderJobSettings settings) {
        return new Renderer(settings.threadCount());
    }

    /**
     * The threads that download and parse designs. A load serves all jobs that wait for it, so it does not run on a
     * thread of a job; it computes for seconds, so it does not run on a virtual thread, which would occupy a carrier
     * thread.
     */
    @Bean(destroyMethod = "shutdownNow")
    ExecutorService sceneLoading() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("scene-loading-", 0).factory());
    }

    @Bean
    RenderRunner renderRunner(
            RenderJobSettings settings,
            DesignStore designs,
            Renderer renderer,
            ExecutorService sceneLoading,
            Clock clock)
            throws IOException {
        DesignCache files = new DesignCache(
                settings.designDirectory(), settings.designCacheSize().toBytes(), designs::fetch, sceneLoading);
        SceneLimits limits = SceneLimits.forMemory(settings.sceneMemoryBytes());
        return new RenderRunner(new SceneCache(files, limits, sceneLoading, clock), renderer, settings.previews());
    }
}
