package io.renderfleet.telemetry;

/** Every metric of ours. Tags are of low cardinality: never a job, a user or a message. */
public enum FleetMetric {
    QUEUE_UNREADABLE("renderfleet.queue.unreadable", "Messages received that are not ours, by queue."),
    API_SUBMISSIONS("renderfleet.api.submissions", "Jobs asked for, by outcome."),
    API_REFUSALS("renderfleet.api.refusals", "Jobs refused for want of room before they were stored, by reason."),
    WORKER_RECEIVED("renderfleet.worker.received", "Messages received, by pool and lane."),
    API_REDRIVES("renderfleet.api.redrives", "Dead letters that operators had sent again, by outcome."),
    WORKER_CLAIMS("renderfleet.worker.claims", "Messages claimed, by outcome."),
    WORKER_ATTEMPTS("renderfleet.worker.attempts", "Attempts ended, by outcome."),
    WORKER_WAIT("renderfleet.worker.wait", "Time from a job's acceptance to its first claim."),
    WORKER_RUN("renderfleet.worker.run", "Time from a job's claim to its committed result."),
    WORKER_LEFT_BEHIND("renderfleet.worker.left.behind", "Threads of runners that ignored their stop and run on."),
    WORKER_SLOTS("renderfleet.worker.slots", "Slots of the worker: jobs that it can run at a time."),
    WORKER_SLOTS_BUSY("renderfleet.worker.slots.busy", "Slots that run a job."),
    DISTRIBUTOR_ROUTED("renderfleet.distributor.routed", "Messages forwarded, by region and pool."),
    DISTRIBUTOR_SKIPPED("renderfleet.distributor.skipped", "Messages that needed no forwarding, by reason."),
    DISTRIBUTOR_LEFT("renderfleet.distributor.left", "Messages left on the master queue for later, by reason."),
    DISTRIBUTOR_FORWARD_FAILURES(
            "renderfleet.distributor.forward.failures", "Messages not forwarded, by region and pool."),
    DISTRIBUTOR_RECOVERED("renderfleet.distributor.recovered", "Jobs that stood still and were set right, by cause."),
    DISTRIBUTOR_PARKED(
            "renderfleet.distributor.parked",
            "Open jobs that could not be read or processed and are tried again later, by reason; once for each try."),
    DISTRIBUTOR_DEAD_LETTERS(
            "renderfleet.distributor.dead.letters",
            "Dead letters checked, by outcome; counted once while the outcome stays the same."),
    DISTRIBUTOR_DEAD_LETTERS_DEPTH(
            "renderfleet.distributor.dead.letters.depth", "Dead letters there are, by dead-letter queue."),
    DISTRIBUTOR_BATCH("renderfleet.distributor.batch", "Time from the receipt of a batch to its end."),
    DISTRIBUTOR_REGION_DEPTH(
            "renderfleet.distributor.region.depth", "Jobs believed to wait or run, by region and pool."),
    DISTRIBUTOR_REGION_DEPTH_AGE(
            "renderfleet.distributor.region.depth.age",
            "Age of the last reading, or of the distributor before the first, by region and pool."),
    ;

    private final String metricName;
    private final String description;

    FleetMetric(String metricName, String description) {
        this.metricName = metricName;
        this.description = description;
    }

    public String metricName() {
        return metricName;
    }

    public String description() {
        return description;
    }
}
