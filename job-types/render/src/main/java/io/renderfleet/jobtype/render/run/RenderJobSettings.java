package io.renderfleet.jobtype.render.run;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of render jobs in a worker.
 *
 * @param designCache the directory in which downloaded designs are cached, by default {@code renderfleet/designs} in
 *     the directory for temporary files. No other process may use it. Its files are used again after a restart
 * @param designCacheSize the largest total size of the files in that directory
 * @param sceneMemory the heap for all scenes together: those that are being read, that jobs render, and that are kept for
 *     the next jobs. A design that needs more fails its job. By default 40 percent of the maximum heap
 * @param threads the number of threads that render, shared by all slots; 0, the default, for one per core
 * @param previews whether renders that take longer than 2 seconds store previews, each with one put to S3
 */
@Validated
@ConfigurationProperties("renderfleet.render")
record RenderJobSettings(
        @Nullable Path designCache,

        @DefaultValue("10GB") DataSize designCacheSize,
        @Nullable DataSize sceneMemory,
        @DefaultValue("0") @Min(0) @Max(1024) int threads,
        @DefaultValue("true") boolean previews) {

    RenderJobSettings {
        requirePositive("design-cache-size", designCacheSize);
        if (sceneMemory != null) {
            requirePositive("scene-memory", sceneMemory);
        }
    }

    private static void requirePositive(String name, DataSize size) {
        if (size.toBytes() <= 0) {
            throw new IllegalArgumentException(
                    "renderfleet.render." + name + " must be greater than 0, for example 1GB");
        }
    }

    Path designDirectory() {
        return designCache == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "renderfleet", "designs")
                : designCache;
    }

    long sceneMemoryBytes() {
        return sceneMemory == null ? Runtime.getRuntime().maxMemory() / 100 * 40 : sceneMemory.toBytes();
    }

    int threadCount() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
