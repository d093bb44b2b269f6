package io.renderfleet.cli;

import io.renderfleet.client.RenderfleetClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Downloads a file of a job. */
@Command(
        name = "download",
        description = "Downloads the result of a COMPLETED job, or an artifact of a job, to the current directory or to"
                + " FILE.")
final class DownloadCommand extends ServiceCommand {
    /** A file that was written. */
    private record Written(String jobId, String file) {}

    @Parameters(index = "0", paramLabel = "JOB", description = "The id of the job.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private String jobId;

    @Option(names = "--artifact", paramLabel = "NAME", description = "An artifact, such as log.txt; show lists them.")
    private @Nullable String artifact;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Where the file is written; an existing one is replaced. Default: the name that the service"
                    + " gives it, if there is no such file.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Without -o, replace an existing file.")
    private boolean force;

    @Option(
            names = {"-C", "--directory"},
            paramLabel = "DIRECTORY",
            defaultValue = "",
            description = "Without -o, the directory of the file. Default: the current one.")
    private Path directory = Path.of("");

    DownloadCommand(Renderfleet root) {
        super(root);
    }

    @Override
    void run(RenderfleetClient client) throws InterruptedException {
        Path written;
        if (out == null) {
            written = artifact == null
                    ? client.downloadTo(jobId, directory, force)
                    : client.downloadArtifactTo(jobId, artifact, directory, force);
        } else {
            written = out;
            if (artifact == null) {
                client.download(jobId, out);
            } else {
                client.downloadArtifact(jobId, artifact, out);
            }
        }
        root.result(new Written(jobId, written.toString()), "Wrote " + written);
    }
}
