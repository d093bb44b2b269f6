package io.renderfleet.bench.load;

import io.renderfleet.bench.BenchException;
import io.renderfleet.client.AcceptedJob;
import io.renderfleet.client.BatchItem;
import io.renderfleet.client.ClientException;
import io.renderfleet.client.ClientOptions;
import io.renderfleet.client.Job;
import io.renderfleet.client.JobQuery;
import io.renderfleet.client.JobRequest;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.client.RetryListener;
import io.renderfleet.client.RetryPolicy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Wraps the project's API client and records when each job was sent and accepted, and how often the API was too busy. A
 * call that fails throws a {@link BenchException}. Thread-safe.
 */
public final class TimedClient implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_JOBS = 10_000_000;

    private final RenderfleetClient client;
    private final Clock clock;
    private final LongAdder busy = new LongAdder();

    /**
     * Creates a client.
     *
     * @param api the address of the API
     * @param clock the services' clock
     * @param patience how long a request is repeated while the API is busy
     */
    public TimedClient(URI api, Clock clock, Duration patience) {
        this.clock = clock;
        this.client = new RenderfleetClient(ClientOptions.of(api)
                .withRequestTimeout(REQUEST_TIMEOUT)
                .withRetries(RetryPolicy.defaults().within(Integer.MAX_VALUE, patience))
                .withRetryListener(this::retrying));
    }

    private void retrying(RetryListener.Retry retry) {
        if (retry.status() == 0) {
            // A time that includes a lost connection would not be a property of the fleet.
            throw new BenchException(retry.method() + " " + retry.path() + " got no answer from the API; see the log.");
        }
        busy.add(retry.jobs());
    }

    /** Submits one job. */
    public Submitted submit(Map<String, Object> job) throws InterruptedException {
        Instant sentAt = clock.instant();
        long sent = System.nanoTime();
        try {
            AcceptedJob accepted = client.submit(JobRequest.of(job));
            return new Submitted(accepted.jobId(), sentAt, sent, System.nanoTime());
        } catch (ClientException e) {
            throw failed(e);
        }
    }

    /** Submits the same job several times, as a batch. */
    public List<Submitted> submitBatch(Map<String, Object> job, int times) throws InterruptedException {
        return submitAll(Collections.nCopies(times, job));
    }

    /** Submits jobs as a batch; each counts as accepted when all of them are. */
    public List<Submitted> submitAll(List<Map<String, Object>> jobs) throws InterruptedException {
        Instant sentAt = clock.instant();
        long sent = System.nanoTime();
        try {
            List<BatchItem> items =
                    client.submitBatch(jobs.stream().map(JobRequest::of).toList());
            long accepted = System.nanoTime();
            List<Submitted> all = new ArrayList<>(items.size());
            for (BatchItem item : items) {
                AcceptedJob job = item.job();
                if (job == null) {
                    throw new BenchException("A job of a batch was refused: " + item.problem());
                }
                all.add(new Submitted(job.jobId(), sentAt, sent, accepted));
            }
            return all;
        } catch (ClientException e) {
            throw failed(e);
        }
    }

    /** How many jobs were submitted again because the API was too busy. */
    public long busy() {
        return busy.sum();
    }

    /** Reads a job. */
    public Job job(String jobId) throws InterruptedException {
        try {
            return client.job(jobId);
        } catch (ClientException e) {
            throw failed(e);
        }
    }

    /** Reads all jobs of a user. */
    public List<Job> jobsOf(String userId) throws InterruptedException {
        try {
            return client.jobs(JobQuery.ofUser(userId), MAX_JOBS);
        } catch (ClientException e) {
            throw failed(e);
        }
    }

    private static BenchException failed(ClientException e) {
        return new BenchException(String.valueOf(e.getMessage()), e);
    }

    @Override
    public void close() {
        client.close();
    }
}
