package io.renderfleet.cli;

import io.renderfleet.client.Job;
import io.renderfleet.client.RenderfleetClient;
import java.time.Duration;
import java.time.Instant;

/**
 * Waits for the end of a job and shows its progress. Ctrl-C ends the command and not the job; the last lines then say how
 * to go on.
 */
final class JobWait {
    private static final int BAR = 24;
    private static final int FULL = 100;

    private final RenderfleetClient client;
    private final Terminal terminal;

    JobWait(RenderfleetClient client, Terminal terminal) {
        this.client = client;
        this.terminal = terminal;
    }

    /**
     * Waits for the end of a job.
     *
     * @param limit how long to wait
     * @return the job after its end
     * @throws io.renderfleet.client.JobTimeoutException when the job is not over within the limit
     */
    Job await(String jobId, Duration limit) throws InterruptedException {
        Thread hint = new Thread(() -> terminal.note("""
                        Detached. Job %1$s continues.
                        Wait again:  renderfleet watch %1$s
                        Cancel it:   renderfleet cancel %1$s""".formatted(jobId)), "detach-hint");
        Runtime.getRuntime().addShutdownHook(hint);
        try {
            return client.awaitEnd(jobId, limit, this::show);
        } finally {
            removeHook(hint);
        }
    }

    private static void removeHook(Thread hint) {
        try {
            Runtime.getRuntime().removeShutdownHook(hint);
        } catch (IllegalStateException e) {
            // Ctrl-C came first, and the hint is being printed.
        }
    }

    private void show(Job job) {
        String region = job.region() == null ? "" : "  " + job.region();
        String attempt = job.attempt() > 1 ? "  attempt " + job.attempt() : "";
        int filled = Math.clamp(job.progress(), 0, FULL) * BAR / FULL;
        String bar = "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "]";
        long seconds =
                Math.max(0, Duration.between(job.createdAt(), Instant.now()).toSeconds());
        String state = "%-10s".formatted(job.status());
        String progress = "%3d %%".formatted(job.progress());
        terminal.progress(
                state + " " + bar + " " + progress + region + attempt + "  " + seconds + " s",
                state + " " + progress + region + attempt);
    }
}
