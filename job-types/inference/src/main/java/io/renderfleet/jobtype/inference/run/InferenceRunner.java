package io.renderfleet.jobtype.inference.run;

import io.renderfleet.job.JobError;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.cache.AnswerCache;
import io.renderfleet.jobtype.inference.fetch.TaskImages;
import io.renderfleet.jobtype.inference.run.ModelPools.ModelPool;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Runs inference jobs: all tasks of a job at the same time, within the limit of calls of the worker. */
final class InferenceRunner implements JobRunner {
    /** JSON as a tree, the request to the model, and copies in between take about this much for each byte. */
    private static final long HEAP_PER_BYTE = 8;
    /** A typical answer, as received, as a tree, and in the result. */
    private static final long HEAP_PER_TASK = 64 << 10;

    private final ModelPools pools;
    private final TaskImages images;
    private final AnswerCache cache;
    private final Semaphore calls;
    private final InstantSource clock;

    /** @param calls the most calls of models that this worker makes at the same time */
    InferenceRunner(ModelPools pools, TaskImages images, AnswerCache cache, int calls, InstantSource clock) {
        this.pools = pools;
        this.images = images;
        this.cache = cache;
        this.calls = new Semaphore(calls, true);
        this.clock = clock;
    }

    @Override
    public JobTypeName type() {
        return InferencePayload.TYPE;
    }

    @Override
    public Optional<ClosedPool> closedPool() {
        return pools.closedUntil().map(until -> new ClosedPool(InferencePayload.POOL, until));
    }

    @Override
    public MemoryNeed memory(JobPayload payload) {
        int tasks = InferencePayload.FORMAT.read(payload).tasks().size();
        return new MemoryNeed(
                payload.bytes() * HEAP_PER_BYTE + tasks * HEAP_PER_TASK,
                "Put fewer tasks into one job, or ask the operator to give the workers more memory.");
    }

    @Override
    public JobOutput run(JobPayload payload, JobAttempt attempt) throws IOException, InterruptedException {
        InferencePayload job = InferencePayload.FORMAT.read(payload);
        ModelPool pool = pools.of(job.model()).orElseThrow(() -> new JobRejectedException(unknown(job.model())));
        return new JobRun(job, attempt, pool, images, cache, calls, clock).run();
    }

    private JobError unknown(String model) {
        return new JobError(
                "unknown-model",
                "No pool of keys of this region offers the model " + model + ". The models are " + pools.models()
                        + ". Submit the job again: the settings may have changed since it was accepted.");
    }
}
