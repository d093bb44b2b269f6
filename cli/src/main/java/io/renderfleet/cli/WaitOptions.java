package io.renderfleet.cli;

import io.renderfleet.client.Job;
import io.renderfleet.client.RenderfleetClient;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long to wait for a job, and what happens after its end. */
final class WaitOptions {
    @Option(
            names = "--wait-timeout",
            paramLabel = "DURATION",
            defaultValue = "PT24H",
            description = "How long to wait: PT90S is 90 seconds. Default: PT24H. The job continues afterwards.")
    private Duration limit = Duration.ofHours(24);

    Duration limit() {
        return limit;
    }

    /**
     * Waits for the end of a job, downloads the result if there is one, and prints the job.
     *
     * @param out where the result is written; null for nowhere
     * @return the exit code
     */
    int finish(Renderfleet root, RenderfleetClient client, String jobId, @Nullable Path out)
            throws InterruptedException {
        Job job = new JobWait(root.patient(client), root.terminal()).await(jobId, limit);
        String text = Jobs.outcome(job);
        if (job.status() == Job.Status.COMPLETED) {
            if (out == null) {
                root.terminal().note("Download the result:  renderfleet download " + jobId);
            } else {
                client.download(jobId, out);
                text += "\nWrote " + out;
            }
        }
        root.result(job, text);
        return Jobs.exitCode(job);
    }
}
