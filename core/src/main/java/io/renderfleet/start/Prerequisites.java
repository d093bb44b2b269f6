package io.renderfleet.start;

import io.renderfleet.job.JobDatabase;
import io.renderfleet.queue.CompletionQueue;
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
 * Checks, before anything else of a service starts, that there are AWS credentials and that the table and the queues
 * that the service uses exist. If one does not exist, the start fails with a {@link CannotStartException}: a service
 * never creates a table or a queue. If AWS does not respond, the service starts anyway, so that it can start while a
 * region is unreachable.
 */
public final class Prerequisites implements SmartLifecycle {
    private static final int WAIT_SECONDS = 5;
    private static final Logger log = LoggerFactory.getLogger(Prerequisites.class);

    private final AwsCredentialsProvider credentials;

    /** Each returns the name of what does not exist, and an empty text otherwise. */
    private final List<Callable<String>> checks;

    private volatile boolean running;

    private Prerequisites(AwsCredentialsProvider credentials, List<Callable<String>> checks) {
        this.credentials = credentials;
        this.checks = List.copyOf(checks);
    }

    /**
     * The prerequisites of a service that reads and ends jobs.
     *
     * @param queues the queues of jobs that the service sends to or receives from
     * @param events the queues to which the service sends the events of jobs that end, and from which it receives them
     */
    public static Prerequisites forJobs(
            AwsCredentialsProvider credentials,
            JobDatabase database,
            List<JobQueue> queues,
            CompletionQueue... events) {
        List<Callable<String>> checks = new ArrayList<>();
        checks.add(() -> database.exists() ? "" : "the table " + database.table() + " of the home region");
        queues.forEach(queue -> checks.add(() -> queue.exists() ? "" : "the queue " + queue.name()));
        for (CompletionQueue queue : events) {
            checks.add(check(queue));
        }
        return new Prerequisites(credentials, checks);
    }

    /** The prerequisites of a service that uses only a queue of completion events. */
    public static Prerequisites forEvents(AwsCredentialsProvider credentials, CompletionQueue queue) {
        return new Prerequisites(credentials, List.of(check(queue)));
    }

    private static Callable<String> check(CompletionQueue queue) {
        return () -> queue.exists() ? "" : "the queue " + queue.name();
    }

    /** Waits at most 5 s for AWS to respond. */
    @Override
    public void start() {
        try {
            var _ = credentials.resolveCredentials();
        } catch (SdkClientException e) {
            throw new CannotStartException(
                    "There are no AWS credentials: " + e.getMessage(),
                    "Give the task a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
        }
        List<String> missing = missing(checks);
        if (!missing.isEmpty()) {
            throw new CannotStartException(
                    "These do not exist in this AWS account: " + String.join(", ", missing) + ".",
                    "Check renderfleet.env, renderfleet.home-region, renderfleet.regions and renderfleet.pools, and that the"
                            + " stacks that create the tables and queues are deployed. A service never creates them.");
        }
        running = true;
    }

    private static List<String> missing(List<Callable<String>> checks) {
        // Not closed, since that would wait for calls to a region that does not respond. They end by their own time
        // limits.
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        List<String> missing = new ArrayList<>();
        try {
            for (Future<String> check : threads.invokeAll(checks, WAIT_SECONDS, TimeUnit.SECONDS)) {
                try {
                    String answer = check.get();
                    if (!answer.isEmpty()) {
                        missing.add(answer);
                    }
                } catch (ExecutionException | CancellationException e) {
                    log.warn("AWS did not respond to a check of a table or queue; starting anyway: {}", e.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotStartException("The service was interrupted while it started.", "Start it again.");
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
