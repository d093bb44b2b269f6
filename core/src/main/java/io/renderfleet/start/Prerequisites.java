package io.renderfleet.start;

import io.renderfleet.job.JobDatabase;
import io.renderfleet.queue.JobQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Looks whether there are credentials, and whether the table and queues that a service works with exist, before
 * anything else of it begins. What is not there is a {@link CannotStartException}: nothing here ever creates a table or a
 * queue. What does not answer is no reason, for a service must be able to start while a region is away.
 */
public final class Prerequisites implements SmartLifecycle {
    private static final int WAIT_SECONDS = 5;
    private static final Logger log = LoggerFactory.getLogger(Prerequisites.class);

    private final AwsCredentialsProvider credentials;
    private final JobDatabase database;
    private final List<JobQueue> queues;
    private volatile boolean running;

    /** @param queues those the service sends to or receives from */
    public Prerequisites(AwsCredentialsProvider credentials, JobDatabase database, List<JobQueue> queues) {
        this.credentials = credentials;
        this.database = database;
        this.queues = List.copyOf(queues);
    }

    /** Waits 5 s for the answers. */
    @Override
    public void start() {
        try {
            var _ = credentials.resolveCredentials();
        } catch (SdkClientException e) {
            throw new CannotStartException(
                    "There are no AWS credentials. Give the task a role, or set AWS_ACCESS_KEY_ID and"
                            + " AWS_SECRET_ACCESS_KEY: " + e.getMessage());
        }
        List<Callable<String>> looks = new ArrayList<>();
        looks.add(() -> database.exists() ? "" : "the table " + database.table() + " of the home region");
        queues.forEach(queue -> looks.add(() -> queue.exists() ? "" : "the queue " + queue.name()));
        List<String> missing = missing(looks);
        if (!missing.isEmpty()) {
            throw new CannotStartException("AWS has no such thing as " + String.join(", ", missing)
                    + ". Look whether renderfleet.env and renderfleet.regions are meant, and whether the stacks that make"
                    + " them are deployed: a service makes none.");
        }
        running = true;
    }

    private static List<String> missing(List<Callable<String>> looks) {
        // Not closed: that would wait for calls to a region that does not answer. They end by their own time limit.
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        List<String> missing = new ArrayList<>();
        try {
            for (Future<String> look : threads.invokeAll(looks, WAIT_SECONDS, TimeUnit.SECONDS)) {
                try {
                    String answer = look.get();
                    if (!answer.isEmpty()) {
                        missing.add(answer);
                    }
                } catch (ExecutionException | CancellationException e) {
                    log.warn("Something this service needs does not answer; it starts all the same: {}", e.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotStartException("It was stopped while it started.");
        } finally {
            threads.shutdownNow();
        }
        return missing;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before everything else. */
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}
