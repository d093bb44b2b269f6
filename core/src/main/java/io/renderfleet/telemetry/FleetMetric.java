package io.renderfleet.telemetry;

/** Every metric of ours. Tags are of low cardinality: never a job, a user or a message. */
public enum FleetMetric {
    API_SUBMISSIONS("renderfleet.api.submissions", "Jobs asked for, by outcome."),
    WORKER_CLAIMS("renderfleet.worker.claims", "Messages claimed, by outcome."),
    WORKER_ATTEMPTS("renderfleet.worker.attempts", "Attempts ended, by outcome."),
    WORKER_RUN("renderfleet.worker.run", "Time from a job's claim to its committed result."),
    WORKER_SLOTS_BUSY("renderfleet.worker.slots.busy", "Slots that run a job."),
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
