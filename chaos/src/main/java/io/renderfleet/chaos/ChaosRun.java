package io.renderfleet.chaos;

import io.renderfleet.job.JobId;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** One run against a fleet that is up: the plan first, then peace until everything has come to rest. */
final class ChaosRun {
    /** Clients may need this long after the last fault: an API that has just been started again, on a busy machine. */
    private static final Duration LAST_WORDS = Duration.ofMinutes(2);

    private static final Duration MARGIN = Duration.ofSeconds(30);

    /** What a killed distributor had in hand stays hidden for a minute. */
    private static final Duration DRAINING = Duration.ofSeconds(75);

    /** Longer than anything the fleet waits for: what has not moved in this time is stuck. */
    private static final Duration QUIET = Duration.ofSeconds(90);

    /** A slow machine may take several times as long for the jobs as there was for submitting them, and no more. */
    private static final int MOST_LENGTHS = 10;

    private static final Duration POLL = Duration.ofMillis(500);

    private final ChaosFleet fleet;
    private final StoredState state;
    private final ChaosPlan plan;
    private final RunRecord record = new RunRecord();
    private final PrintStream out;

    ChaosRun(ChaosFleet fleet, StoredState state, ChaosPlan plan, PrintStream out) {
        this.fleet = fleet;
        this.state = state;
        this.plan = plan;
        this.out = out;
    }

    RunRecord record() {
        return record;
    }

    /** Does it all; what was found in the end. */
    StateVerifier run() throws InterruptedException {
        RunClock clock = new RunClock();
        Duration lastWord = plan.length().plus(LAST_WORDS);
        // Not in the try: it would wait for whoever hangs.
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try (ApiClient client = new ApiClient(fleet.apiAddress(), record)) {
            FaultInjector injector = new FaultInjector(state, client, record);
            List<Future<?>> faults = new FaultRunner(fleet, state, injector, record, clock, Clock.systemUTC(), out)
                    .start(plan.faults(), threads);
            List<Future<?>> submissions = new ArrayList<>(
                    new Submitter(client, record, clock, clock.nanosAt(lastWord)).start(plan.submissions(), threads));
            await(faults, clock.nanosAt(lastWord));
            fleet.undoFaults();
            tell(clock, "no more faults; everything is started, woken and connected");
            fleet.awaitReady();
            await(submissions, clock.nanosAt(lastWord.plus(MARGIN)));
        } finally {
            threads.shutdownNow();
        }
        tell(clock, record.acknowledged().size() + " jobs acknowledged; waiting for them");
        boolean over = settled();
        tell(
                clock,
                over
                        ? "all jobs are over"
                        : "gave up waiting for " + state.open().size() + " jobs");
        if (over) {
            boolean empty = drained();
            tell(clock, empty ? "all queues are empty" : "gave up waiting for the queues");
        }
        return new StateVerifier(record, FinalState.of(state, fleet), planned());
    }

    /** False when jobs are open and none has ended for a while. */
    private boolean settled() throws InterruptedException {
        long begun = System.nanoTime();
        long progress = begun;
        int fewest = Integer.MAX_VALUE;
        for (int open = state.open().size(); open > 0; open = state.open().size()) {
            long now = System.nanoTime();
            if (open < fewest) {
                fewest = open;
                progress = now;
            }
            if (now - progress > QUIET.toNanos()
                    || now - begun > plan.length().multipliedBy(MOST_LENGTHS).toNanos()) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        return true;
    }

    private Set<JobId> planned() {
        return plan.submissions().stream()
                .flatMap(submission -> submission.jobs().stream())
                .map(PlannedJob::id)
                .collect(Collectors.toSet());
    }

    /** A fault or a client that failed is a fault of this harness, and a run with one proves nothing. */
    private static void await(List<Future<?>> started, long deadline) throws InterruptedException {
        for (Future<?> one : started) {
            try {
                one.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw new ChaosException("A thread of the harness failed: " + e.getCause(), e);
            } catch (TimeoutException e) {
                throw new ChaosException("A thread of the harness did not end in time.", e);
            }
        }
    }

    private boolean drained() throws InterruptedException {
        long deadline = System.nanoTime() + DRAINING.toNanos();
        while (!state.messages().isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        return true;
    }

    private void tell(RunClock clock, String what) {
        out.printf("%6.1f s  %s%n", clock.now().toMillis() / 1_000.0, what);
    }
}
