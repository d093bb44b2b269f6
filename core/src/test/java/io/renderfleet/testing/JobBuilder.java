package io.renderfleet.testing;

import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A valid new job, of which a test names only what it is about. */
public final class JobBuilder {
    private JobId id = JobId.random();
    private UserId user = new UserId("studio-1");
    private JobTypeName type = new JobTypeName("render");
    /** The pool of the jobs that are built without one. */
    public static final PoolName POOL = new PoolName("render");

    private PoolName pool = POOL;
    private JobPayload payload = new JobPayload(renderPayload("cornell-box", "0".repeat(64), 16, 16, 1), 1);
    private String requestHash = "hash-of-the-request";
    private @Nullable OrderingKey orderingKey;
    private List<RegionId> allowedRegions = List.of();
    private JobLimits limits = JobLimits.defaults();
    private CompletionRequest completion = CompletionRequest.NONE;
    private JobTags tags = JobTags.NONE;
    private Priority priority = Priority.NORMAL;
    private Instant createdAt = Instant.parse("2030-01-01T00:00:00.000Z");

    public static JobBuilder aJob() {
        return new JobBuilder();
    }

    public JobBuilder id(JobId id) {
        this.id = id;
        return this;
    }

    public JobBuilder user(String user) {
        this.user = new UserId(user);
        return this;
    }

    public JobBuilder type(String type, String pool) {
        this.type = new JobTypeName(type);
        this.pool = new PoolName(pool);
        return this;
    }

    public JobBuilder payload(JobPayload payload) {
        this.payload = payload;
        return this;
    }

    /** A render of a design seen from the front. */
    public JobBuilder render(String design, String digest, int width, int height, int samples) {
        return payload(new JobPayload(renderPayload(design, digest, width, height, samples), 1));
    }

    private static String renderPayload(String design, String digest, int width, int height, int samples) {
        return """
                {"designId":"%s","designDigest":"%s",\
                "camera":{"position":{"x":0.0,"y":1.0,"z":3.5},"target":{"x":0.0,"y":1.0,"z":0.0},\
                "up":{"x":0.0,"y":1.0,"z":0.0},"fov":40.0},\
                "output":{"width":%d,"height":%d,"samplesPerPixel":%d,"format":"png"}}""".formatted(design, digest, width, height, samples);
    }

    public JobBuilder requestHash(String requestHash) {
        this.requestHash = requestHash;
        return this;
    }

    public JobBuilder orderingKey(String key) {
        this.orderingKey = new OrderingKey(key);
        return this;
    }

    public JobBuilder allowedRegions(RegionId... regions) {
        this.allowedRegions = List.of(regions);
        return this;
    }

    public JobBuilder timeout(Duration timeout) {
        this.limits = new JobLimits(limits.startBy(), timeout, limits.maxAttempts());
        return this;
    }

    public JobBuilder maxAttempts(int maxAttempts) {
        this.limits = new JobLimits(limits.startBy(), limits.timeout(), maxAttempts);
        return this;
    }

    public JobBuilder startBy(Instant startBy) {
        this.limits = new JobLimits(startBy, limits.timeout(), limits.maxAttempts());
        return this;
    }

    public JobBuilder priority(Priority priority) {
        this.priority = priority;
        return this;
    }

    /** The sinks of its completion events. */
    public JobBuilder notifying(String... sinks) {
        this.completion = new CompletionRequest(Set.of(sinks), Map.of("cameraId", "camera-1"));
        return this;
    }

    public JobBuilder tags(JobTags tags) {
        this.tags = tags;
        return this;
    }

    public JobBuilder createdAt(Instant createdAt) {
        this.createdAt = createdAt;
        return this;
    }

    public NewJob build() {
        return new NewJob(
                id,
                user,
                type,
                pool,
                payload,
                requestHash,
                priority,
                orderingKey,
                allowedRegions,
                limits,
                createdAt,
                completion,
                tags);
    }
}
