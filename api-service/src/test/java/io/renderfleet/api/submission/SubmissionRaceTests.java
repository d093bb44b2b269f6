package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.api.admission.Admission;
import io.renderfleet.api.progress.JobFollowers;
import io.renderfleet.api.queue.MasterQueue;
import io.renderfleet.api.queue.MasterQueueSettings;
import io.renderfleet.api.submission.Submissions.Accepted;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.JobStore;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.telemetry.JobTraces;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * A first request F whose send fails, and a repeat R at each point between its steps, on the real table. Only when a
 * step happens is scripted, never what the table says.
 */
@ApiTest
class SubmissionRaceTests {
    @Autowired
    JobStore store;

    @Autowired
    JobQueues queues;

    @Autowired
    SubmissionSettings settings;

    @Autowired
    MasterQueueSettings queueSettings;

    @Autowired
    CircuitBreakerRegistry circuits;

    @Autowired
    Admission admission;

    @Autowired
    JobFollowers followers;

    @Autowired
    JobReader reader;

    @Autowired
    FleetSettings fleet;

    @Autowired
    ApiFixture fixture;

    private Submission submission;

    @BeforeEach
    void newSubmission() {
        submission = reader.read(Caller.ANYONE, ApiFixture.request("\"jobId\": \"" + UUID.randomUUID() + "\""), null);
    }

    @Test
    void repeatAfterAWithdrawalIsAJobOfItsOwn() {
        assertRefused(submissions(sends(() -> false)), ProblemType.QUEUE_UNAVAILABLE);
        assertThat(store.find(submission.id())).isEmpty();

        Accepted repeat = submissions(new ScriptedQueue()).accept(submission);

        assertThat(repeat).isEqualTo(new Accepted(submission.id(), false));
        assertThat(store.find(submission.id())).isPresent();
        assertThat(fixture.messagesOf(submission.id())).isEqualTo(1);
    }

    @Test
    void repeatThatSeesAJobBeforeItsWithdrawalStoresItAgain() {
        Instant createdAt = storeWithoutMessage();
        // R's calls to the table: it finds the item; F withdraws; R confirms, and is refused; R stores and is done.
        ScriptedSlots slots = new ScriptedSlots()
                .run(
                        2,
                        () -> assertThat(store.withdraw(submission.id(), createdAt))
                                .isTrue());

        Accepted repeat = submissions(new ScriptedQueue(), slots).accept(submission);

        assertThat(repeat.id()).isEqualTo(submission.id());
        assertThat(store.find(submission.id())).isPresent();
        assertThat(fixture.messagesOf(submission.id())).isEqualTo(1);
    }

    @Test
    void confirmedRepeatIsNotWithdrawnByTheFirst() {
        ScriptedQueue first = sends(() -> {
            assertThat(submissions(new ScriptedQueue()).accept(submission).replayed())
                    .isTrue();
            return false;
        });

        Accepted accepted = submissions(first).accept(submission);

        assertThat(accepted).isEqualTo(new Accepted(submission.id(), false));
        assertThat(store.find(submission.id())).isPresent();
        assertThat(fixture.messagesOf(submission.id())).isPositive();
    }

    @Test
    void noSubmissionSucceedsWithoutAMessageAndARepeatSendsIt() {
        ScriptedQueue first = sends(
                () -> {
                    assertRefused(submissions(sends(() -> false)), ProblemType.QUEUE_UNAVAILABLE);
                    return false;
                },
                () -> false);

        assertRefused(submissions(first), ProblemType.QUEUE_UNAVAILABLE);
        assertThat(fixture.messagesOf(submission.id())).isZero();

        assertThat(submissions(new ScriptedQueue()).accept(submission)).isEqualTo(new Accepted(submission.id(), true));
        assertThat(fixture.messagesOf(submission.id())).isEqualTo(1);
    }

    @Test
    void messageThatArrivedAfterAllIsAYes() {
        ScriptedQueue first = sends(() -> {
            store.route(submission.id(), 0, fleet.homeRegion());
            return false;
        });

        assertThat(submissions(first).accept(submission)).isEqualTo(new Accepted(submission.id(), false));
        assertThat(fixture.messagesOf(submission.id())).isZero();
    }

    @Test
    void withdrawalThatComesTwiceLeavesTheJobStoredInBetween() {
        Instant createdAt = storeWithoutMessage();
        assertThat(store.withdraw(submission.id(), createdAt)).isTrue();
        submissions(new ScriptedQueue(), new ScriptedSlots(), laterThan(createdAt))
                .accept(submission);

        assertThat(store.withdraw(submission.id(), createdAt)).isFalse();
        assertThat(store.find(submission.id())).isPresent();
    }

    @Test
    void withdrawalWhoseAnswerIsLostIsNoYes() {
        // F's client repeats the deletion and is told that there is nothing to delete: that must not read as a yes.
        ScriptedQueue first = sends(
                () -> {
                    Instant createdAt =
                            store.find(submission.id()).orElseThrow().createdAt();
                    assertThat(store.withdraw(submission.id(), createdAt)).isTrue();
                    return false;
                },
                () -> false);

        assertRefused(submissions(first), ProblemType.QUEUE_UNAVAILABLE);
        assertThat(store.find(submission.id())).isEmpty();
    }

    @Test
    void failedWithdrawalIsARefusalAndTheNextRepeatSendsTheMessage() {
        ScriptedSlots slots = new ScriptedSlots().run(2, () -> {
            throw SdkClientException.create("the table is away");
        });

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> submissions(sends(() -> false), slots).accept(submission))
                .satisfies(e -> assertThat(e.type()).isEqualTo(ProblemType.QUEUE_UNAVAILABLE));

        assertThat(submissions(new ScriptedQueue()).accept(submission)).isEqualTo(new Accepted(submission.id(), true));
        assertThat(fixture.messagesOf(submission.id())).isEqualTo(1);
    }

    @Test
    void neverLooksForEver() {
        // Every send fails after the item was withdrawn behind its back.
        BooleanSupplier withdrawn = () -> {
            store.withdraw(
                    submission.id(), store.find(submission.id()).orElseThrow().createdAt());
            return false;
        };
        assertRefused(submissions(sends(withdrawn, withdrawn, withdrawn, withdrawn)), ProblemType.QUEUE_UNAVAILABLE);
    }

    private Instant storeWithoutMessage() {
        var job = submission.toJob(submission.payload().payload(submission.userId()), Instant.now());
        store.submit(job);
        return job.createdAt();
    }

    private void assertRefused(Submissions submissions, ProblemType type) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> submissions.accept(submission))
                .satisfies(e -> assertThat(e.type()).isEqualTo(type));
    }

    private Submissions submissions(MasterQueue queue) {
        return submissions(queue, new ScriptedSlots());
    }

    private Submissions submissions(MasterQueue queue, StoreSlots slots) {
        return submissions(queue, slots, Clock.systemUTC());
    }

    private Submissions submissions(MasterQueue queue, StoreSlots slots, Clock clock) {
        return new Submissions(
                store, queue, slots, admission, followers, new SimpleMeterRegistry(), JobTraces.none(), clock);
    }

    private static Clock laterThan(Instant instant) {
        return Clock.fixed(instant.plusSeconds(1), ZoneOffset.UTC);
    }

    private ScriptedQueue sends(BooleanSupplier... script) {
        ScriptedQueue queue = new ScriptedQueue();
        for (BooleanSupplier send : script) {
            queue.script.add(send);
        }
        return queue;
    }

    /** Sends for real, but for the first few times as the script says. */
    private final class ScriptedQueue extends MasterQueue {
        private final Deque<BooleanSupplier> script = new ArrayDeque<>();

        ScriptedQueue() {
            super(queues, queueSettings, fleet, circuits);
        }

        @Override
        public boolean send(JobMessage message) {
            BooleanSupplier scripted = script.poll();
            return scripted == null ? super.send(message) : scripted.getAsBoolean();
        }
    }

    /** Does something before one of the calls to the table, counted from 1. */
    private final class ScriptedSlots extends StoreSlots {
        private int calls;
        private int when;
        private Runnable what = () -> {};

        ScriptedSlots() {
            super(settings);
        }

        ScriptedSlots run(int call, Runnable action) {
            when = call;
            what = action;
            return this;
        }

        @Override
        <T> T in(Supplier<T> call) {
            calls++;
            if (calls == when) {
                what.run();
            }
            return super.in(call);
        }
    }
}
