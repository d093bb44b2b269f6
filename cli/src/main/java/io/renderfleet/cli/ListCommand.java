package io.renderfleet.cli;

import io.renderfleet.client.Job;
import io.renderfleet.client.JobPage;
import io.renderfleet.client.JobQuery;
import io.renderfleet.client.RenderfleetClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists the jobs of a user. */
@Command(name = "ls", description = "Lists the jobs of a user, newest first.")
final class ListCommand extends ServiceCommand {
    private static final int MAX = 10_000;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "Only jobs with this status: ${COMPLETION-CANDIDATES}.")
    private Job.@Nullable Status status;

    @Option(names = "--design", paramLabel = "ID", description = "Only jobs for this design.")
    private @Nullable String design;

    @Option(
            names = "--label",
            paramLabel = "KEY[=VALUE]",
            description = "Only jobs with this label, whatever its value, or with this value. Can be repeated.")
    private List<String> labels = List.of();

    @Option(names = "--batch", paramLabel = "ID", description = "Only jobs of this batch.")
    private @Nullable String batch;

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

    ListCommand(Renderfleet root) {
        super(root);
    }

    @Override
    void run(RenderfleetClient client) throws InterruptedException {
        if (limit < 1 || limit > MAX) {
            throw new ParameterException(spec.commandLine(), "--limit must be from 1 to " + MAX + ".");
        }
        String user = root.user();
        JobQuery query = (user == null ? JobQuery.ofCaller() : JobQuery.ofUser(user))
                .withCreated(createdAfter, createdBefore)
                .withSubject(design, batch, filters(labels))
                .withLimit(Math.min(limit, JobQuery.MAX_LIMIT));
        if (status != null) {
            query = query.withStatus(status);
        }
        List<Job> jobs = client.jobs(query, limit);
        root.result(
                new JobPage(jobs, null),
                jobs.isEmpty()
                        ? "No jobs. Submit one:  renderfleet submit FILE.glb --camera 5,3,5 --wait -o out.png"
                        : Jobs.table(jobs, false));
    }

    /** The labels as the service takes them: a key, or a key and a value after a colon. */
    static List<String> filters(List<String> labels) {
        List<String> filters = new ArrayList<>();
        labels.forEach(label -> filters.add(label.replaceFirst("=", ":")));
        return filters;
    }
}
