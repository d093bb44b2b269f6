package io.renderfleet.cli;

import io.renderfleet.client.Job;
import io.renderfleet.client.RenderfleetClient;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The commands for jobs that were submitted. */
final class JobCommands {
    private JobCommands() {}

    static void addTo(CommandLine line, Renderfleet root) {
        line.addSubcommand(new Show(root)).addSubcommand(new Cancel(root)).addSubcommand(new Retry(root));
    }

    /** What the commands for one job have in common. */
    private abstract static class OneJob implements Callable<Integer> {
        final Renderfleet root;

        @Parameters(index = "0", paramLabel = "JOB", description = "The id of the job.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        String jobId;

        private OneJob(Renderfleet root) {
            this.root = root;
        }

        @Override
        public final Integer call() throws InterruptedException {
            try (RenderfleetClient client = root.client()) {
                return call(client);
            }
        }

        abstract int call(RenderfleetClient client) throws InterruptedException;
    }

    /** Shows a job. */
    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows everything about a job.")
    private static final class Show extends OneJob {
        private Show(Renderfleet root) {
            super(root);
        }

        @Override
        int call(RenderfleetClient client) throws InterruptedException {
            Job job = client.job(jobId);
            root.result(job, Jobs.details(job));
            return ExitCode.OK;
        }
    }

    /** Cancels a job. */
    @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Cancels a job. Can be repeated.")
    private static final class Cancel extends OneJob {
        private Cancel(Renderfleet root) {
            super(root);
        }

        @Override
        int call(RenderfleetClient client) throws InterruptedException {
            Job job = client.cancel(jobId);
            root.result(
                    job,
                    job.status().isTerminal()
                            ? "The job is " + job.status() + "."
                            : "The job is being cancelled. Wait for it:  renderfleet watch " + jobId);
            return ExitCode.OK;
        }
    }

    /** Runs a job again. */
    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = "Runs a FAILED or CANCELLED job again. It keeps its id and its history.")
    private static final class Retry extends OneJob {
        private Retry(Renderfleet root) {
            super(root);
        }

        @Override
        int call(RenderfleetClient client) throws InterruptedException {
            Job job = client.retry(jobId);
            root.result(job, "The job is " + job.status() + ". Wait for it:  renderfleet watch " + jobId);
            return ExitCode.OK;
        }
    }
}
