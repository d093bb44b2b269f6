package io.renderfleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.client.LiveEvent;
import io.renderfleet.client.RenderfleetClient;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Waits for a job, or follows all open jobs of a user. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Waits for the end of a job and shows its progress. Without JOB, prints each change of all open"
                + " jobs of the user. Ctrl-C stops waiting, not the job.")
final class WatchCommand implements Callable<Integer> {
    private final Renderfleet root;

    @Parameters(index = "0", arity = "0..1", paramLabel = "JOB", description = "The id of the job. Default: all.")
    private @Nullable String jobId;

    @Mixin
    private WaitOptions wait = new WaitOptions();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Where the result of JOB is written.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    WatchCommand(Renderfleet root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (jobId == null && out != null) {
            throw new ParameterException(spec.commandLine(), "-o needs a JOB.");
        }
        try (RenderfleetClient client = root.client()) {
            if (jobId != null) {
                return wait.finish(root, client, jobId, out);
            }
            root.patient(client).followJobs(root.user(), wait.limit(), this::print);
            return ExitCode.OK;
        }
    }

    private boolean print(LiveEvent event) {
        JsonNode state = EventCommands.data(event);
        if (root.isJson()) {
            root.terminal().jsonLine(state);
        } else {
            root.terminal()
                    .print("%s  %-10s %3d %%  %s"
                            .formatted(
                                    Terminal.cell(state.path("jobId").asText()),
                                    Terminal.cell(state.path("status").asText()),
                                    state.path("progress").asInt(),
                                    Terminal.cell(state.path("region").asText("-"))));
        }
        return true;
    }
}
