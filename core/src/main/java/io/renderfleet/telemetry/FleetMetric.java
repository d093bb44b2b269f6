package io.renderfleet.telemetry;

/** All metrics that the services define. Tags have a low cardinality: never a job, a user or a message. */
public enum FleetMetric {
    QUEUE_UNREADABLE("renderfleet.queue.unreadable", "Received messages that are not job messages, by queue."),
    API_SUBMISSIONS("renderfleet.api.submissions", "Submitted jobs, by pool and outcome."),
    API_REFUSALS("renderfleet.api.refusals", "Jobs refused by a limit before they were stored, by reason."),
    API_BODY_BYTES("renderfleet.api.body.bytes", "Bytes of request bodies in memory."),
    COMPLETION_EVENTS("renderfleet.completion.events", "Completion events of ended jobs, by outcome."),
    API_ALERTS("renderfleet.api.alerts", "Raised alerts, by rule and severity."),
    API_ALERT_ERRORS(
            "renderfleet.api.alert.errors",
            "Events on which an alert rule could not be evaluated, by rule and reason."),
    API_ALERT_PUBLICATIONS(
            "renderfleet.api.alert.publications", "Publications of alerts to the topic of SNS, by outcome."),
    API_WEBHOOKS("renderfleet.api.webhooks", "Requests to the webhooks of users, and those given up, by outcome."),
    WORKER_RECEIVED("renderfleet.worker.received", "Received messages, by pool and lane."),
    API_REDRIVES("renderfleet.api.redrives", "Dead letters that operators redrove, by outcome."),
    WORKER_CLAIMS("renderfleet.worker.claims", "Claims, by outcome."),
    WORKER_ATTEMPTS("renderfleet.worker.attempts", "Ended attempts, by outcome."),
    WORKER_WAIT("renderfleet.worker.wait", "Time from a job's acceptance to its first claim."),
    WORKER_RUN("renderfleet.worker.run", "Time from a job's claim to its committed result."),
    WORKER_LEFT_BEHIND(
            "renderfleet.worker.left.behind", "Running threads of runners that ignored their stop and an interrupt."),
    WORKER_SLOTS("renderfleet.worker.slots", "Slots of the worker: the number of jobs that it can run at a time."),
    WORKER_SLOTS_BUSY("renderfleet.worker.slots.busy", "Slots that run a job."),
    INFERENCE_CALLS(
            "renderfleet.inference.calls",
            "Ended calls of models by this worker, by pool of keys, quota domain and outcome."),
    INFERENCE_CALL_LATENCY(
            "renderfleet.inference.call.latency",
            "Time from a call of a model to the end of its answer, by pool of keys."),
    INFERENCE_CACHE(
            "renderfleet.inference.cache",
            "Tasks with temperature 0, by whether their answer was kept from an earlier one: hit or miss."),
    INFERENCE_KEYS(
            "renderfleet.inference.keys", "1 for the state of a key as this worker knows it, and 0 for other states."),
    INFERENCE_PERMITS(
            "renderfleet.inference.permits", "Calls that this worker may make at the same time, by quota domain."),
    INFERENCE_PERMITS_USED("renderfleet.inference.permits.used", "Calls in progress of this worker, by quota domain."),
    RENDER_VALIDATION("renderfleet.render.validation", "Time of a validation of an uploaded design, by outcome."),
    DISTRIBUTOR_ROUTED("renderfleet.distributor.routed", "Forwarded messages, by region and pool."),
    DISTRIBUTOR_SKIPPED("renderfleet.distributor.skipped", "Messages deleted without being forwarded, by reason."),
    DISTRIBUTOR_LEFT("renderfleet.distributor.left", "Messages left in the master queue, by reason."),
    DISTRIBUTOR_FORWARD_FAILURES(
            "renderfleet.distributor.forward.failures", "Messages that could not be forwarded, by region and pool."),
    DISTRIBUTOR_RECOVERED(
            "renderfleet.distributor.recovered", "Jobs that did not progress and were recovered, by pool and cause."),
    DISTRIBUTOR_PARKED(
            "renderfleet.distributor.parked",
            "Open jobs that could not be read or processed and are tried again later, by reason; counted at each try."),
    DISTRIBUTOR_DEAD_LETTERS(
            "renderfleet.distributor.dead.letters",
            "Dead letters checked, by outcome; counted once while the outcome stays the same."),
    DISTRIBUTOR_DEAD_LETTERS_DEPTH(
            "renderfleet.distributor.dead.letters.depth", "Number of dead letters, by dead-letter queue."),
    DISTRIBUTOR_BATCH(
            "renderfleet.distributor.batch",
            "Time from the receipt of a batch of messages to the end of its processing."),
    DISTRIBUTOR_REGION_DEPTH(
            "renderfleet.distributor.region.depth", "Estimated number of jobs that wait or run, by region and pool."),
    DISTRIBUTOR_REGION_DEPTH_AGE(
            "renderfleet.distributor.region.depth.age",
            "Age of the last measured depth, by region and pool; before the first, the time since the distributor started."),
    BRIDGE_RECORDS("renderfleet.bridge.records", "Records of detection results that were submitted, by outcome."),
    BRIDGE_RESULTS("renderfleet.bridge.results", "Completion events that were sent to Kafka, by outcome."),
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
