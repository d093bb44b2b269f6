package io.renderfleet.chaos;

import io.renderfleet.chaos.RunRecord.Interruption;
import io.renderfleet.job.JobId;
import io.renderfleet.region.RegionId;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Kills a worker that holds permits for calls of models, while there are more tasks than permits, and measures how long it
 * takes until the model server has as many calls in progress as its limit allows: then the others use the permits of the
 * killed worker.
 */
final class PermitReturn {
    /** The permits of workers that were killed before, or of one that was paused, have to return first. */
    private static final Duration LONGEST = Duration.ofSeconds(90);

    /** Often, because a call ends and the next one begins all the time. */
    private static final Duration POLL = Duration.ofMillis(5);

    private final ChaosFleet fleet;
    private final StoredState state;
    private final ModelServer models;
    private final RunRecord record;
    private final RunClock run;
    private final Clock clock;
    private final PrintStream out;

    /** @param clock the services' clock */
    PermitReturn(
            ChaosFleet fleet,
            StoredState state,
            ModelServer models,
            RunRecord record,
            RunClock run,
            Clock clock,
            PrintStream out) {
        this.fleet = fleet;
        this.state = state;
        this.models = models;
        this.record = record;
        this.run = run;
        this.clock = clock;
        this.out = out;
    }

    /**
     * Measures once. Requires that more tasks wait than the model server allows calls, for about a minute.
     *
     * @return the time from the kill; empty if the model server did not have all calls in progress within a time limit
     */
    Optional<Duration> measure() throws InterruptedException {
        if (!awaitAllPermits()) {
            print("the fleet did not use all permits within " + LONGEST.toSeconds() + " s");
            return Optional.empty();
        }
        int victim = busiest();
        ManagedProcess worker = fleet.worker(victim);
        Instant at = clock.instant();
        Duration killed = run.now();
        models.kill(worker);
        record.interrupted(new Interruption(at, held(victim)));
        record.count(ChaosEvent.WORKER_KILLED);
        print("killed " + worker.name() + "; waiting until the others use its permits");
        // The calls of the killed worker go on at the server for this time at most.
        run.sleep(ModelServer.TIMEOUT);
        boolean back = awaitAllPermits();
        Duration took = run.now().minus(killed);
        worker.start();
        return back ? Optional.of(took) : Optional.empty();
    }

    private boolean awaitAllPermits() throws InterruptedException {
        Duration limit = run.now().plus(LONGEST);
        while (models.statistics().inProgress() < ModelServer.LIMIT) {
            if (run.now().compareTo(limit) > 0) {
                return false;
            }
            run.sleep(POLL);
        }
        return true;
    }

    private int busiest() {
        return IntStream.range(0, ChaosFleet.REGIONS.size())
                .boxed()
                .max(Comparator.comparingInt(worker -> held(worker).size()))
                .orElseThrow();
    }

    private List<JobId> held(int worker) {
        RegionId region = ChaosFleet.REGIONS.get(worker);
        return state.heldIn(region);
    }

    private void print(String what) {
        out.printf("%6.1f s  %s%n", run.now().toMillis() / 1_000.0, what);
    }
}
