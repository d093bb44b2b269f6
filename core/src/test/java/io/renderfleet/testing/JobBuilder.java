package io.renderfleet.testing;

import io.renderfleet.job.DesignId;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.JobSpec;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.RenderSpec;
import io.renderfleet.job.UserId;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A valid new job, of which a test names only what it is about. */
public final class JobBuilder {
    private JobId id = JobId.random();
    private UserId user = new UserId("studio-1");
    private JobSpec spec = renderSpec("cornell-box", "0".repeat(64), 16, 16, 1);
    private String specHash = "hash-of-the-request";
    private @Nullable OrderingKey orderingKey;
    private List<RegionId> allowedRegions = List.of();
    private JobLimits limits = JobLimits.defaults();
    private Priority priority = Priority.NORMAL;
    private Instant createdAt = Instant.parse("2030-01-01T00:00:00.000Z");

    public static JobBuilder aJob() {
        return new JobBuilder();
    }

    /** A render of a design seen from the front. */
    public static RenderSpec renderSpec(String design, String digest, int width, int height, int samples) {
        return new RenderSpec(
                new DesignId(design),
                digest,
                new RenderSpec.Camera(
                        new RenderSpec.Vector(0, 1, 3.5),
                        new RenderSpec.Vector(0, 1, 0),
                        new RenderSpec.Vector(0, 1, 0),
                        40),
                new RenderSpec.Output(width, height, samples, RenderSpec.Format.PNG),
                RenderSpec.Environment.DEFAULT);
    }

    public JobBuilder id(JobId id) {
        this.id = id;
        return this;
    }

    public JobBuilder user(String user) {
        this.user = new UserId(user);
        return this;
    }

    public JobBuilder spec(JobSpec spec) {
        this.spec = spec;
        return this;
    }

    public JobBuilder specHash(String specHash) {
        this.specHash = specHash;
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

    public JobBuilder createdAt(Instant createdAt) {
        this.createdAt = createdAt;
        return this;
    }

    public NewJob build() {
        return new NewJob(id, user, spec, specHash, priority, orderingKey, allowedRegions, limits, createdAt);
    }
}
