package io.renderfleet.client;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Reads jobs and waits for their end. Thread-safe. */
final class JobReader {
    private static final int OK = 200;
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Connection connection;

    JobReader(Connection connection) {
        this.connection = connection;
    }

    Job job(String jobId) throws InterruptedException {
        return Responses.read(read(jobId, connection.options().retries().deadline()), Job.class);
    }

    HttpResponse<String> read(String jobId, Duration limit) throws InterruptedException {
        Exchange exchange = connection.exchange("GET", "/jobs/{id}", limit);
        return exchange.call(
                () -> connection.send(exchange, connection.request("/jobs/" + Connection.encoded(jobId)), OK));
    }

    Job awaitEnd(String jobId, Duration limit, Consumer<? super Job> listener) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Duration readLimit = connection.options().retries().deadline();
        while (true) {
            long nanos = Math.max(
                    deadline - System.nanoTime(),
                    connection.options().requestTimeout().toNanos());
            HttpResponse<String> answer = read(jobId, Duration.ofNanos(Math.min(nanos, readLimit.toNanos())));
            Job job = Responses.read(answer, Job.class);
            listener.accept(job);
            if (job.status().isTerminal()) {
                return job;
            }
            Duration asked = Responses.retryAfter(answer);
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new JobTimeoutException(job, limit);
            }
            // The last pause is shorter, so that the job is read once more at the end of the limit.
            TimeUnit.NANOSECONDS.sleep(Math.min(left, (asked == null ? POLL : asked).toNanos()));
        }
    }
}
