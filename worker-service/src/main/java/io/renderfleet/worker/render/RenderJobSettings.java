package io.renderfleet.worker.render;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What rendering may use.
 *
 * @param designCache the directory that keeps fetched designs; what is in it after a restart is used again
 * @param designCacheSize what that directory may hold
 * @param sceneCacheSize what parsed scenes may take of the heap
 * @param threads that render, shared by all slots; 0 for one per core
 */
@Validated
@ConfigurationProperties("renderfleet.worker.render")
record RenderJobSettings(
        @NotNull(message = "names no directory: set it to one that this worker has for itself")
        Path designCache,

        @DefaultValue("10GB") DataSize designCacheSize,
        @DefaultValue("512MB") DataSize sceneCacheSize,
        @DefaultValue("0") @Min(0) @Max(1024) int threads) {

    RenderJobSettings {
        requirePositive("design-cache-size", designCacheSize);
        requirePositive("scene-cache-size", sceneCacheSize);
    }

    private static void requirePositive(String name, DataSize size) {
        if (size.toBytes() <= 0) {
            throw new IllegalArgumentException(
                    "renderfleet.worker.render." + name + " must be more than nothing, such as 1GB");
        }
    }

    int threadCount() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
