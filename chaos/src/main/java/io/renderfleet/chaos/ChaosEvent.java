package io.renderfleet.chaos;

/** Something that the harness did and counts. */
enum ChaosEvent {
    WORKER_KILLED("workers killed"),
    WORKER_PAUSED("workers stopped past their lease"),
    DISTRIBUTOR_KILLED("distributors killed"),
    API_KILLED("APIs killed"),
    REGION_REFUSED("regions cut off, refusing"),
    REGION_SILENT("regions cut off, silent"),
    DUPLICATE_PRESENT("messages sent again with the present route"),
    DUPLICATE_OLD("messages sent again with an older route"),
    CANCELLED("cancellations accepted"),
    CANCEL_REFUSED("cancellations that came too late"),
    RETRIED("retries accepted"),
    RETRY_REFUSED("retries refused"),
    REPEATED("submissions repeated"),
    ANSWER_LOST("answers that a client did not wait for"),
    UNANSWERED("requests that failed and were sent again"),
    BUSY("requests answered 429 or 503 and sent again");

    private final String label;

    ChaosEvent(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
