package io.renderfleet.chaos;

/** The events that the test counts, with their labels in the report. */
enum ChaosEvent {
    WORKER_KILLED("workers killed"),
    WORKER_PAUSED("workers paused for longer than their lease"),
    DISTRIBUTOR_KILLED("distributors killed"),
    API_KILLED("APIs killed"),
    REGION_REFUSED("regions cut off, connections refused"),
    REGION_SILENT("regions cut off, connections not answered"),
    DUPLICATE_PRESENT("messages duplicated with the current route"),
    DUPLICATE_OLD("messages duplicated with an older route"),
    CANCELLED("cancellations accepted"),
    CANCEL_REFUSED("cancellations refused because the job was over"),
    RETRIED("retries accepted"),
    RETRY_REFUSED("retries refused"),
    REPEATED("submissions repeated"),
    ANSWER_LOST("responses that a client did not wait for"),
    UNANSWERED("requests that failed and were sent again"),
    BUSY("requests answered with 429 or 503 and sent again");

    private final String label;

    ChaosEvent(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
