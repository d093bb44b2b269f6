package io.renderfleet.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Simulates one region in steps of one second: jobs arrive in one queue, tasks run them, and a policy sets the number
 * of tasks once a minute. The same arguments give the same outcome on every machine.
 *
 * <p>A simulation begins with the smallest number of tasks, which are starting. It ends when all jobs have finished and
 * the service has the smallest number of tasks again, or after {@link #END}.
 */
final class Simulation {
    /** The longest simulated time, 48 hours, in seconds. */
    static final int END = 48 * 3600;

    private static final int MINUTE = 60;

    private final ScalingSettings settings;
    private final PolicyKind kind;
    private final ScalingPolicy policy;
    private final List<QueuedJob> jobs;
    private final Random dispatch;
    private final EcsService service;
    private final Deque<QueuedJob> queue = new ArrayDeque<>();
    private final List<MinuteSample> minutes = new ArrayList<>();
    private int submitted;
    private int desired;
    private long busySlotSeconds;
    private long slotSeconds;

    private Simulation(ScalingSettings template, PolicyKind kind, List<QueuedJob> jobs, long seed) {
        this.kind = kind;
        settings = kind.settings(template);
        policy = kind.policy(settings);
        this.jobs = jobs;
        // Adjacent seeds of Random begin with similar values, so the seeds are drawn from another generator.
        var seeds = new SplittableRandom(~seed);
        dispatch = new Random(seeds.nextLong());
        service = new EcsService(settings, new Random(seeds.nextLong()), new Random(seeds.nextLong()));
        desired = settings.minTasks();
    }

    /** @param jobs in the order of their submission; they are not changed */
    static Outcome run(ScalingSettings template, PolicyKind kind, List<QueuedJob> jobs, long seed) {
        List<QueuedJob> own = jobs.stream().map(QueuedJob::copy).toList();
        return new Simulation(template, kind, own, seed).run();
    }

    private Outcome run() {
        int second = 0;
        while (second < END && !isOver()) {
            step(second++);
        }
        double hour = FargatePrice.taskHour(settings);
        double dollars = hour * (service.onDemandHours() + service.spotHours() * FargatePrice.SPOT_SHARE);
        return new Outcome(jobs, second, service.onDemandHours(), service.spotHours(), dollars, minutes);
    }

    private boolean isOver() {
        return submitted == jobs.size()
                && queue.isEmpty()
                && service.tasks().size() <= settings.minTasks()
                && service.tasks().stream().allMatch(task -> task.busySlots() == 0);
    }

    private void step(int second) {
        while (submitted < jobs.size() && jobs.get(submitted).submittedAt() <= second) {
            queue.addLast(jobs.get(submitted++));
        }
        for (FargateTask task : service.tasks()) {
            // A released message keeps its approximate position in SQS, ahead of messages that were sent later.
            task.work(second).forEach(queue::addFirst);
        }
        service.keep(desired, second);
        if (!queue.isEmpty()) {
            dispatch(second);
        }
        for (FargateTask task : service.tasks()) {
            if (task.isRunning(second)) {
                busySlotSeconds += task.busySlots();
                slotSeconds += settings.slots();
            }
        }
        if (second % MINUTE == MINUTE - 1) {
            scale(second + 1);
        }
    }

    /** Every task with a free slot polls; SQS delivers a message to any of them. */
    private void dispatch(int second) {
        List<FargateTask> free = new ArrayList<>();
        for (FargateTask task : service.tasks()) {
            if (task.isRunning(second) && task.hasFreeSlot()) {
                free.add(task);
            }
        }
        while (!free.isEmpty() && !queue.isEmpty()) {
            int chosen = dispatch.nextInt(free.size());
            FargateTask task = free.get(chosen);
            task.take(queue.removeFirst(), second);
            if (!task.hasFreeSlot()) {
                free.remove(chosen);
            }
        }
    }

    private void scale(int second) {
        int running = 0;
        int held = 0;
        for (FargateTask task : service.tasks()) {
            running += task.isRunning(second) ? 1 : 0;
            held += task.busySlots();
        }
        double busy = slotSeconds == 0 ? 0 : (double) busySlotSeconds / slotSeconds;
        minutes.add(new MinuteSample(queue.size(), held, running, desired, busy * kind.cpuPercentOfBusy()));
        busySlotSeconds = 0;
        slotSeconds = 0;
        int published = minutes.size() - Assumptions.PUBLISHED_AFTER_MINUTES;
        if (published > 0) {
            desired = policy.desired(second, minutes.subList(0, published), desired);
        }
    }
}
