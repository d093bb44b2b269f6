package io.renderfleet.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every SQS must do for a job queue. */
public abstract class JobQueueContract {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration NO_WAIT = Duration.ZERO;
    private static final Duration VISIBILITY = Duration.ofSeconds(60);

    private JobQueue queue;

    /** Queues of a fleet whose home is us-east-1. */
    protected abstract JobQueues queues();

    /** Empties a queue, of what is in flight too. */
    protected abstract void purge(RegionId region, String queueName);

    @BeforeEach
    void emptyTheQueue() {
        RegionId region = new RegionId("us-west-1");
        queue = queues().regional(region, JobBuilder.POOL, Lane.LOW);
        purge(region, queue.name());
    }

    private static JobMessage message(int number) {
        return new JobMessage(
                JobId.random(),
                new UserId("user " + number),
                JobBuilder.POOL,
                Lane.LOW,
                number,
                List.of(new RegionId("us-west-1")),
                null);
    }

    private List<Delivery> receive(Duration wait) {
        try (JobQueue.Poll poll = queue.receive(JobQueue.MAX_BATCH, wait, VISIBILITY)) {
            return poll.await();
        }
    }

    private List<Delivery> receiveAll(int count) {
        List<Delivery> all = new ArrayList<>();
        for (int polls = 0; polls < 20 && all.size() < count; polls++) {
            all.addAll(receive(WAIT));
        }
        return all;
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    @Test
    void deliversMessagesUnchanged() throws Exception {
        JobMessage message = message(3);
        get(queue.send(message));
        assertThat(receiveAll(1)).singleElement().satisfies(delivery -> {
            assertThat(delivery.message()).isEqualTo(message);
            assertThat(delivery.receiveCount()).isEqualTo(1);
        });
    }

    @Test
    void sendsAndDeletesMoreThanABatch() {
        List<JobMessage> messages =
                IntStream.range(0, 23).mapToObj(JobQueueContract::message).toList();
        assertThat(queue.sendAll(messages)).isEmpty();

        List<Delivery> deliveries = receiveAll(23);
        assertThat(deliveries).extracting(Delivery::message).containsExactlyInAnyOrderElementsOf(messages);
        assertThat(queue.deleteAll(deliveries)).isEmpty();
        assertThat(queue.depth().total()).isZero();
    }

    @Test
    void reportsEachEntryThatWasNotDeleted() {
        queue.sendAll(List.of(message(1), message(2)));
        List<Delivery> deliveries = new ArrayList<>(receiveAll(2));
        Delivery forged = new Delivery(deliveries.getFirst().message(), "not-a-receipt-of-this-queue", 1);
        deliveries.add(1, forged);

        assertThat(queue.deleteAll(deliveries)).containsExactly(forged);
        assertThat(queue.depth().total()).isZero();
    }

    @Test
    void hidesAndReleases() throws Exception {
        queue.sendAll(List.of(message(1)));
        Delivery delivery = receiveAll(1).getFirst();
        assertThat(receive(NO_WAIT)).isEmpty();

        get(queue.extend(delivery, Duration.ZERO));
        assertThat(receiveAll(1)).singleElement().satisfies(again -> {
            assertThat(again.message()).isEqualTo(delivery.message());
            assertThat(again.receiveCount()).isEqualTo(2);
        });
    }

    @Test
    void gathersTheSendsOfManyCallers() throws Exception {
        Set<JobMessage> messages = new HashSet<>(
                IntStream.range(0, 50).mapToObj(JobQueueContract::message).toList());
        get(CompletableFuture.allOf(messages.stream().map(queue::send).toArray(CompletableFuture<?>[]::new)));
        assertThat(receiveAll(50)).extracting(Delivery::message).containsExactlyInAnyOrderElementsOf(messages);
    }

    @Test
    void countsWhatWaitsAndWhatIsInFlight() {
        queue.sendAll(List.of(message(1), message(2), message(3)));
        try (JobQueue.Poll poll = queue.receive(1, WAIT, VISIBILITY)) {
            assertThat(poll.await()).hasSize(1);
        }
        assertThat(queue.depth()).isEqualTo(new QueueDepth(2, 1, 0));
    }

    @Test
    void aClosedPollEndsAtOnceWithNothing() {
        // On a queue of its own: SQS may go on serving a poll whose caller has left, and hide a message for it.
        JobQueue.Poll poll = queues().regional(new RegionId("us-west-1"), JobBuilder.POOL, Lane.HIGH)
                .receive(1, Duration.ofSeconds(20), VISIBILITY);
        poll.close();
        assertThat(poll.await()).isEmpty();
    }

    @Test
    void neverCreatesAQueue() {
        JobQueue missing = queues().regional(new RegionId("eu-west-9"), JobBuilder.POOL, Lane.LOW);
        assertThatExceptionOfType(QueueUnavailableException.class)
                .isThrownBy(() -> missing.sendAll(List.of(message(1))))
                .withMessageContaining("renderfleet-local-eu-west-9-render-low");
    }
}
