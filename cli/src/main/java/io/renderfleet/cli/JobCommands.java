package io.renderfleet.cli;

import io.renderfleet.client.Job;
import io.renderfleet.client.JobPage;
import io.renderfleet.client.JobQuery;
import io.renderfleet.client.RenderfleetClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands for jobs that were submitted. */
final class JobCommands {
    private JobCommands() {}

    static void addTo(CommandLine line, Renderfleet root) {
        line.addSubcommand(new Ls(root))
                .addSubcommand(new Show(root))
                .addSubcommand(new Watch(root))
                .addSubcommand(new Cancel(root))
                .addSubcommand(new Retry(root))
                .addSubcommand(new Download(root));
    }

    /** Lists jobs. */
    @Command(
            name = "ls",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Lists the jobs of a user, newest first.")
    private static final class Ls implements Callable<Integer> {
        private static final int MAX = 10_000;
        private final Renderfleet root;

        @Option(
                names = "--status",
                paramLabel = "STATUS",
                description = "Only jobs with this status: ${COMPLETION-CANDIDATES}.")
        private Job.@Nullable Status status;

        @Option(names = "--created-after", paramLabel = "TIME", description = "Only newer jobs: 2026-01-31T12:00:00Z.")
        private @Nullable Instant createdAfter;

        @Option(names = "--created-before", paramLabel = "TIME", description = "Only older jobs.")
        private @Nullable Instant createdBefore;

        @Option(
                names = {"-n", "--limit"},
                paramLabel = "N",
                defaultValue = "20",
                description = "How many jobs at most, 1 to 10000. Default: 20.")
        private int limit;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private CommandSpec spec;

        private Ls(Renderfleet root) {
            this.root = root;
        }

        @Override
        public Integer call() throws InterruptedException {
            if (limit < 1 || limit > MAX) {
                throw new ParameterException(spec.commandLine(), "--limit must be from 1 to " + MAX + ".");
            }
            String user = root.user();
            JobQuery query = (user == null ? JobQuery.ofCaller() : JobQuery.ofUser(user))
                    .withCreated(createdAfter, createdBefore)
                    .withLimit(Math.min(limit, JobQuery.MAX_LIMIT));
            if (status != null) {
                query = query.withStatus(status);
            }
            try (RenderfleetClient client = root.client()) {
                List<Job> jobs = client.jobs(query, limit);
                root.result(
                        new JobPage(jobs, null),
                        jobs.isEmpty()
                                ? "No jobs. Submit one:  renderfleet submit FILE.glb --camera 5,3,5 --wait -o out.png"
                                : Jobs.table(jobs));
            }
            return ExitCode.OK;
        }
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

    /** Waits for a job. */
    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Waits for the end of a job and shows its progress. Ctrl-C stops waiting, not the job.")
    private static final class Watch extends OneJob {
        @Mixin
        private WaitOptions wait = new WaitOptions();

        @Option(
                names = {"-o", "--out"},
                paramLabel = "FILE",
                description = "Where the result is written.")
        private @Nullable Path out;

        private Watch(Renderfleet root) {
            super(root);
        }

        @Override
        int call(RenderfleetClient client) throws InterruptedException {
            return wait.finish(root, client, jobId, out);
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

    /** Downloads a file of a job. */
    @Command(
            name = "download",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Downloads the result of a COMPLETED job, or an artifact of a job.")
    private static final class Download extends OneJob {
        /** A file that was written. */
        private record Written(String jobId, String file) {}

        @Option(
                names = "--artifact",
                paramLabel = "NAME",
                description = "An artifact, such as log.txt; show lists them.")
        private @Nullable String artifact;

        @Option(
                names = {"-o", "--out"},
                required = true,
                paramLabel = "FILE",
                description = "Where the file is written.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private Path out;

        private Download(Renderfleet root) {
            super(root);
        }

        @Override
        int call(RenderfleetClient client) throws InterruptedException {
            if (artifact == null) {
                client.download(jobId, out);
            } else {
                client.downloadArtifact(jobId, artifact, out);
            }
            root.result(new Written(jobId, out.toString()), "Wrote " + out);
            return ExitCode.OK;
        }
    }
}
