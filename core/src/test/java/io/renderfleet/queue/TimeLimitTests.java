package io.renderfleet.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.testing.JobBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A time limit interrupts its caller: the call to SQS must end then, and nothing may follow it. */
class TimeLimitTests {
    /** Far below every time limit of the SDK, and far above what an interruption takes. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private static SilentSqs sqs;
    private static SilentSqs urlLess;

    @BeforeAll
    static void start() throws IOException {
        sqs = new SilentSqs(true);
        urlLess = new SilentSqs(false);
    }

    @AfterAll
    static void stop() {
        sqs.close();
        urlLess.close();
    }

    @BeforeEach
    void forgetCalls() {
        sqs.calls().clear();
        urlLess.calls().clear();
    }

    private static JobMessage message() {
        return new JobMessage(JobId.random(), new UserId("user-1"), JobBuilder.POOL, Lane.LOW, 0, List.of(), null);
    }

    private static List<JobMessage> messages(int count) {
        return IntStream.range(0, count).mapToObj(_ -> message()).toList();
    }

    /** Every call of a queue that waits for SQS on its caller's thread. */
    enum Waiting {
        SEND_ALL {
            @Override
            void call(SilentSqs sqs) {
                var _ = sqs.queue().sendAll(messages(25));
            }
        },
        DELETE_ALL {
            @Override
            void call(SilentSqs sqs) {
                var _ = sqs.queue()
                        .deleteAll(messages(25).stream()
                                .map(message -> new Delivery(message, "receipt", 1))
                                .toList());
            }
        },
        RECEIVE {
            @Override
            void call(SilentSqs sqs) {
                try (JobQueue.Poll poll = sqs.queue().receive(1, Duration.ofSeconds(20), Duration.ofSeconds(60))) {
                    var _ = poll.await();
                }
            }
        },
        DEPTH {
            @Override
            void call(SilentSqs sqs) {
                var _ = sqs.queue().depth();
            }
        },
        LOOK_AT_DEAD_LETTERS {
            @Override
            void call(SilentSqs sqs) {
                var _ = sqs.deadLetters().peek(25);
            }
        };

        abstract void call(SilentSqs sqs);
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptedCallEndsAndNoneFollowsIt(Waiting waiting) throws Exception {
        interrupted(waiting, sqs, 2);
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptedQuestionForTheUrlEndsToo(Waiting waiting) throws Exception {
        interrupted(waiting, urlLess, 1);
    }

    private static void interrupted(Waiting waiting, SilentSqs asked, int callsBefore) throws Exception {
        CompletableFuture<Boolean> stillInterrupted = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                waiting.call(asked);
                stillInterrupted.completeExceptionally(new AssertionError("the call came back as if it were done"));
            } catch (QueueUnavailableException e) {
                stillInterrupted.complete(Thread.currentThread().isInterrupted());
            } catch (RuntimeException e) {
                stillInterrupted.completeExceptionally(e);
            }
        });
        for (int i = 0; i < callsBefore; i++) {
            assertThat(asked.calls().poll(10, TimeUnit.SECONDS)).isNotNull();
        }

        caller.interrupt();

        assertThat(stillInterrupted.get(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(asked.calls()).isEmpty();
    }

    @Test
    void gatheredSendsShareABatchWhichEndsWithItsLimit() throws Exception {
        JobQueue queue = sqs.queue();
        assertThat(queue.exists()).isTrue();
        assertThat(sqs.calls().poll(10, TimeUnit.SECONDS)).isEqualTo("GetQueueUrl");

        List<CompletableFuture<Void>> sends =
                messages(10).stream().map(queue::send).toList();

        for (CompletableFuture<Void> sent : sends) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> sent.get(SOON.toMillis(), TimeUnit.MILLISECONDS))
                    .withCauseInstanceOf(QueueUnavailableException.class);
        }
        assertThat(sqs.calls()).isNotEmpty().containsOnly("SendMessageBatch").hasSizeLessThan(10);
    }
}
