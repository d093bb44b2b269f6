package io.renderfleet.cli;

import io.renderfleet.client.Job;
import io.renderfleet.client.JobPage;
import io.renderfleet.client.RenderfleetClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists the jobs of all users. The service checks the filters. */
@Command(name = "jobs", description = "Operators: lists the open jobs of all users, oldest first.")
final class AllJobsCommand extends ServiceCommand {
    private static final int MAX = 10_000;
    private static final int PAGE = 100;

    @Option(names = "--status", paramLabel = "STATUS", description = "Only jobs with this status.")
    private Job.@Nullable Status status;

    @Option(names = "--older-than", paramLabel = "DURATION", description = "Only jobs submitted longer ago: PT10M.")
    private @Nullable String olderThan;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only jobs of this type.")
    private @Nullable String type;

    @Option(names = "--region", paramLabel = "REGION", description = "Only jobs that were sent to this region.")
    private @Nullable String region;

    @Option(names = "--of-user", paramLabel = "USER", description = "Only jobs of this user.")
    private @Nullable String ofUser;

    @Option(
            names = "--label",
            paramLabel = "KEY[=VALUE]",
            description = "Only jobs with this label, whatever its value, or with this value. Can be repeated.")
    private List<String> labels = List.of();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            defaultValue = "100",
            description = "How many jobs at most, 1 to 10000. Default: 100.")
    private int limit;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    AllJobsCommand(Renderfleet root) {
        super(root);
    }

    @Override
    void run(RenderfleetClient client) throws InterruptedException {
        if (limit < 1 || limit > MAX) {
            throw new ParameterException(spec.commandLine(), "--limit must be from 1 to " + MAX + ".");
        }
        List<Map.Entry<String, String>> filters = new ArrayList<>();
        put(filters, "status", status);
        put(filters, "olderThan", olderThan);
        put(filters, "type", type);
        put(filters, "region", region);
        put(filters, "userId", ofUser);
        ListCommand.filters(labels).forEach(label -> put(filters, "label", label));
        put(filters, "limit", Math.min(limit, PAGE));
        List<Job> jobs = new ArrayList<>();
        String cursor = null;
        do {
            List<Map.Entry<String, String>> page = new ArrayList<>(filters);
            put(page, "cursor", cursor);
            JobPage answer = client.operators().jobs(page);
            jobs.addAll(answer.items());
            cursor = answer.next();
        } while (cursor != null && jobs.size() < limit);
        List<Job> shown = jobs.subList(0, Math.min(limit, jobs.size()));
        root.result(new JobPage(shown, cursor), shown.isEmpty() ? "No jobs." : Jobs.table(shown, true));
    }

    private static void put(List<Map.Entry<String, String>> all, String name, @Nullable Object value) {
        if (value != null) {
            all.add(Map.entry(name, value.toString()));
        }
    }
}
