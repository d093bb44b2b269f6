package io.renderfleet.chaos;

import io.renderfleet.chaos.RunRecord.Interruption;
import io.renderfleet.region.RegionId;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Injects each fault of the plan at its time, on a thread of its own, and undoes it when it is over. */
final class FaultRunner {
    private static final double MILLIS = 1_000;
    private static final int WORK_CHECKS = 20;
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(150);

    private final ChaosFleet fleet;
    private final StoredState state;
    private final ModelServer models;
    private final FaultInjector injector;
    private final RunRecord record;
    private final RunClock run;
    private final Clock clock;
    private final PrintStream out;

    /** @param clock the services' clock */
    FaultRunner(
            ChaosFleet fleet,
            StoredState state,
            ModelServer models,
            FaultInjector injector,
            RunRecord record,
            RunClock run,
            Clock clock,
            PrintStream out) {
        this.fleet = fleet;
        this.state = state;
        this.models = models;
        this.injector = injector;
        this.record = record;
        this.run = run;
        this.clock = clock;
        this.out = out;
    }

    /** Starts one thread for each fault. Its future completes when the fault is undone. */
    List<Future<?>> start(List<Fault> faults, ExecutorService threads) {
        List<Future<?>> started = new ArrayList<>();
        for (Fault fault : faults) {
            started.add(threads.submit(() -> {
                run.sleepUntil(fault.at());
                inject(fault);
                return fault;
            }));
        }
        return started;
    }

    private void inject(Fault fault) throws InterruptedException {
        switch (fault) {
            case Fault.KillWorker kill -> killWorker(kill);
            case Fault.PauseWorker pause -> pauseWorker(pause);
            case Fault.KillDistributor kill ->
                kill(fleet.distributor(kill.distributor()), kill.down(), ChaosEvent.DISTRIBUTOR_KILLED);
            case Fault.KillApi kill -> kill(fleet.api(), kill.down(), ChaosEvent.API_KILLED);
            case Fault.CutRegion cut -> cut(cut);
            case Fault.Duplicate duplicate -> injector.duplicate(duplicate);
            case Fault.Cancel cancel -> injector.cancel(cancel);
            case Fault.Retry retry -> injector.retry(retry);
        }
    }

    private void killWorker(Fault.KillWorker fault) throws InterruptedException {
        ManagedProcess worker = fleet.worker(fault.worker());
        awaitWork(fault.worker());
        models.kill(worker);
        held(fault.worker());
        print("killed " + worker.name() + ", restarting it after " + seconds(fault.down()));
        record.count(ChaosEvent.WORKER_KILLED);
        run.sleep(fault.down());
        worker.start();
    }

    private void pauseWorker(Fault.PauseWorker fault) throws InterruptedException {
        ManagedProcess worker = fleet.worker(fault.worker());
        awaitWork(fault.worker());
        worker.pause();
        held(fault.worker());
        print("paused " + worker.name() + " for " + seconds(fault.paused()));
        record.count(ChaosEvent.WORKER_PAUSED);
        run.sleep(fault.paused());
        worker.resume();
    }

    /** Waits until the worker runs a job, because killing an idle worker tests little; for three seconds at most. */
    private void awaitWork(int worker) throws InterruptedException {
        RegionId region = ChaosFleet.REGIONS.get(worker);
        for (int checks = 0; checks < WORK_CHECKS && state.heldIn(region).isEmpty(); checks++) {
            run.sleep(CHECK_INTERVAL);
        }
    }

    /** Records the jobs of a worker that was just killed or paused: the table still shows them as its own. */
    private void held(int worker) {
        Instant at = clock.instant();
        RegionId region = ChaosFleet.REGIONS.get(worker);
        record.interrupted(new Interruption(at, state.heldIn(region)));
    }

    private void kill(ManagedProcess victim, Duration down, ChaosEvent event) throws InterruptedException {
        victim.kill();
        print("killed " + victim.name() + ", restarting it after " + seconds(down));
        record.count(event);
        run.sleep(down);
        victim.start();
    }

    private void cut(Fault.CutRegion fault) throws InterruptedException {
        RegionProxy proxy = fleet.proxy(fault.region());
        if (fault.silent()) {
            proxy.fallSilent();
        } else {
            proxy.refuse();
        }
        print("cut off SQS of " + ChaosFleet.REGIONS.get(fault.region())
                + (fault.silent() ? ", connections not answered" : ", connections refused") + " for "
                + seconds(fault.cut()));
        record.count(fault.silent() ? ChaosEvent.REGION_SILENT : ChaosEvent.REGION_REFUSED);
        run.sleep(fault.cut());
        proxy.open();
    }

    private void print(String what) {
        out.printf("%6.1f s  %s%n", run.now().toMillis() / MILLIS, what);
    }

    private static String seconds(Duration duration) {
        return "%.1f s".formatted(duration.toMillis() / MILLIS);
    }
}
