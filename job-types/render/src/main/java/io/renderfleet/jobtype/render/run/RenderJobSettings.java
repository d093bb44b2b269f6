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
 * What rendering may use.
 *
 * @param designCache the directory that keeps fetched designs, which no other process may use; what is in it after a
 *     restart is used again. {@code renderfleet/designs} in the directory for temporary files when left out
 * @param designCacheSize what that directory may hold
 * @param sceneCacheSize what parsed scenes may take of the heap; 30 percent of the largest heap when left out
 * @param threads that render, shared by all slots; 0 for one per core
 */
@Validated
@ConfigurationProperties("renderfleet.render")
record RenderJobSettings(
        @Nullable Path designCache,

        @DefaultValue("10GB") DataSize designCacheSize,
        @Nullable DataSize sceneCacheSize,
        @DefaultValue("0") @Min(0) @Max(1024) int threads) {

    RenderJobSettings {
        requirePositive("design-cache-size", designCacheSize);
        if (sceneCacheSize != null) {
            requirePositive("scene-cache-size", sceneCacheSize);
        }
    }

    private static void requirePositive(String name, DataSize size) {
        if (size.toBytes() <= 0) {
            throw new IllegalArgumentException(
                    "renderfleet.render." + name + " must be more than nothing, such as 1GB");
        }
    }

    Path designDirectory() {
        return designCache == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "renderfleet", "designs")
                : designCache;
    }

    long sceneCacheBytes() {
        return sceneCacheSize == null ? Runtime.getRuntime().maxMemory() / 100 * 30 : sceneCacheSize.toBytes();
    }

    int threadCount() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
