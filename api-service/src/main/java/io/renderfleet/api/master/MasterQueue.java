package io.renderfleet.api.submission;

import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Sends first messages, in batches with those of other requests, and waits for each so long and no longer. */
@Component
class MasterQueue {
    private static final Logger log = LoggerFactory.getLogger(MasterQueue.class);

    private final JobQueues queues;
    private final Duration timeout;

    MasterQueue(JobQueues queues, SubmissionSettings settings) {
        this.queues = queues;
        this.timeout = settings.sendTimeout();
    }

    /** Whether SQS is known to have the message. When it is not, the message may arrive all the same. */
    boolean send(JobMessage message) {
        try {
            queues.master(message.lane()).send(message).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return failed(message, e.getCause() == null ? e : e.getCause());
        } catch (QueueUnavailableException | TimeoutException e) {
            return failed(message, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(message, e);
        }
    }

    private static boolean failed(JobMessage message, Throwable cause) {
        log.warn("The message of job {} was not sent: {}", message.jobId(), cause.toString());
        return false;
    }
}
