package io.renderfleet.worker.render;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What rendering may use.
 *
 * @param designCache the directory that keeps fetched designs; what is in it after a restart is used again
 * @param designCacheSize what that directory may hold
 * @param sceneCacheSize what parsed scenes may take of the heap
 * @param threads that render, shared by all slots; 0 for one per core
 */
@ConfigurationProperties("renderfleet.worker.render")
record RenderJobSettings(
        Path designCache,
        @DefaultValue("10GB") DataSize designCacheSize,
        @DefaultValue("512MB") DataSize sceneCacheSize,
        @DefaultValue("0") int threads) {

    int threadCount() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
