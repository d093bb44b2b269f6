package io.renderfleet.chaos;

import io.renderfleet.client.ClientOptions;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.client.RetryListener;
import io.renderfleet.client.RetryPolicy;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobTypeName;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One run against a fleet that is ready: first the plan, then a wait without faults until every job is over. */
final class ChaosRun {
    /**
     * How long clients may repeat requests after the last fault: the API may just have been restarted on a busy
     * machine.
     */
    private static final Duration CLIENTS_AFTER_FAULTS = Duration.ofMinutes(4);

    private static final JobTypeName INFERENCE = new JobTypeName("inference");

    private static final Duration MARGIN = Duration.ofSeconds(30);

    /**
     * Longer than any recovery: a message that a killed distributor had received stays hidden for a minute, and the
     * watchdog finds a job without a message within seconds.
     */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(90);

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration MAX_STEP = Duration.ofSeconds(3);

    /** The time limit for jobs that keep changing and never finish, as a multiple of the plan's length. */
    private static final int MAX_LENGTHS = 10;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(3);
    private static final Set<Integer> BUSY = Set.of(429, 503);

    private final ChaosFleet fleet;
    private final StoredState state;
    private final ModelServer models;
    private final ChaosPlan plan;
    private final RunRecord record = new RunRecord();
    private final PrintStream out;

    ChaosRun(ChaosFleet fleet, StoredState state, ModelServer models, ChaosPlan plan, PrintStream out) {
        this.fleet = fleet;
        this.state = state;
        this.models = models;
        this.plan = plan;
        this.out = out;
    }

    RunRecord record() {
        return record;
    }

    /** What was found in the end. */
    record Outcome(StateVerifier fleet, InferenceVerifier inference) {
        /** One check for each guarantee; the test passes if all of them hold. */
        List<Check> checks() {
            return Stream.concat(fleet.checks().stream(), inference.checks().stream())
                    .toList();
        }
    }

    /** Carries out the plan, waits for all jobs, and reads the final state. */
    Outcome run() throws InterruptedException {
        try (CompletionReader events = new CompletionReader(state.queues().completions(ModelServer.SINK))) {
            return run(events);
        }
    }

    private Outcome run(CompletionReader events) throws InterruptedException {
        RunClock clock = new RunClock();
        Duration lastRequest = plan.length().plus(CLIENTS_AFTER_FAULTS);
        Optional<Duration> permitsBack;
        // Closing it in a try statement would wait for threads that hang.
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try (RenderfleetClient client = client()) {
            FaultInjector injector = new FaultInjector(state, client, record);
            List<Future<?>> faults = new FaultRunner(
                            fleet, state, models, injector, record, clock, Clock.systemUTC(), out)
                    .start(plan.faults(), threads);
            Submitter submitter = new Submitter(client, record, clock, clock.nanosAt(lastRequest));
            List<Future<?>> submissions = new ArrayList<>(submitter.start(plan.submissions(), threads));
            await(faults, clock.nanosAt(lastRequest));
            fleet.undoFaults();
            print(clock, "all faults have ended; waiting until every service is ready");
            fleet.awaitReady();
            await(submissions, clock.nanosAt(lastRequest.plus(MARGIN)));
            submitter.submitAll(plan.load());
            permitsBack = new PermitReturn(fleet, state, models, record, clock, Clock.systemUTC(), out).measure();
        } finally {
            threads.shutdownNow();
        }
        print(clock, record.acknowledged().size() + " jobs acknowledged; waiting until all jobs have finished");
        if (settles(clock, "jobs", state::openJobs)) {
            print(clock, "all jobs have finished; waiting until all queues are empty");
            if (settles(clock, "queues", state::messages)) {
                print(clock, "all queues are empty");
            }
        }
        FinalState last = FinalState.of(state, fleet);
        awaitEvents(clock, last.jobs().values(), events);
        InferenceState inference = new InferenceState(
                state.texts(List.copyOf(last.jobs().values()), INFERENCE),
                events.copies(),
                models.statistics(),
                permitsBack);
        return new Outcome(
                new StateVerifier(record, last, planned()),
                new InferenceVerifier(record.acknowledged(), last.jobs(), inference, models::answer));
    }

    /** Waits for the completion events of jobs that are over; those of a service that was killed come later. */
    private void awaitEvents(RunClock clock, Collection<Job> jobs, CompletionReader events)
            throws InterruptedException {
        boolean over = settles(
                clock,
                "completion events",
                () -> InferenceVerifier.missing(jobs, events.copies()).stream()
                        .collect(Collectors.toMap(Function.identity(), Function.identity())));
        if (over) {
            print(clock, "all completion events have arrived");
        }
    }

    private RenderfleetClient client() {
        return new RenderfleetClient(ClientOptions.of(fleet.apiAddress())
                .withConnectTimeout(CONNECT_TIMEOUT)
                .withRequestTimeout(REQUEST_TIMEOUT)
                .withRetries(
                        RetryPolicy.defaults().withPauses(RetryPolicy.defaults().firstPause(), MAX_PAUSE))
                .withRetryListener(this::retrying));
    }

    private void retrying(RetryListener.Retry retry) {
        if (retry.status() == 0) {
            record.count(ChaosEvent.UNANSWERED);
        } else if (BUSY.contains(retry.status())) {
            record.count(ChaosEvent.BUSY);
        } else {
            record.unexpected(retry.method() + " " + retry.path() + " was answered with " + retry.status());
        }
    }

    /**
     * Waits until nothing is left, as long as the remaining state still changes.
     *
     * @return false if the state is stuck, or the time limit of the run has passed
     */
    private boolean settles(RunClock clock, String what, Supplier<Map<?, ?>> left) throws InterruptedException {
        ProgressWatch watch = new ProgressWatch(STUCK_AFTER, MAX_STEP);
        Duration limit = clock.now().plus(plan.length().multipliedBy(MAX_LENGTHS));
        Duration last = clock.now();
        for (Map<?, ?> open = left.get(); !open.isEmpty(); open = left.get()) {
            List<String> unready = fleet.unready();
            Duration now = clock.now();
            watch.observe(open, unready.isEmpty(), now.minus(last));
            last = now;
            String rest = open.size() + " " + what + " left: " + open.keySet();
            if (watch.isStuck()) {
                print(
                        clock,
                        "stuck: nothing changed for " + STUCK_AFTER.toSeconds() + " s while every service was ready; "
                                + rest);
                return false;
            }
            if (now.compareTo(limit) > 0) {
                print(
                        clock,
                        "the time limit of the run has passed while jobs or messages still changed; " + rest
                                + (unready.isEmpty() ? "" : "; services that are not ready: " + unready));
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        return true;
    }

    private Set<JobId> planned() {
        return plan.jobs().stream().map(PlannedJob::id).collect(Collectors.toSet());
    }

    /** Waits for the faults and clients. A failure of one is an error of this test, and its run has no result. */
    private static void await(List<Future<?>> started, long deadline) throws InterruptedException {
        for (Future<?> one : started) {
            try {
                one.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw new ChaosException("A thread of the chaos test failed: " + e.getCause(), e);
            } catch (TimeoutException e) {
                throw new ChaosException("A thread of the chaos test did not end in time; see the log of the test.", e);
            }
        }
    }

    private void print(RunClock clock, String what) {
        out.printf("%6.1f s  %s%n", clock.now().toMillis() / 1_000.0, what);
    }
}
