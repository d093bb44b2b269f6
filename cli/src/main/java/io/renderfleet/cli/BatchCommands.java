package io.renderfleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.client.RenderfleetClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands for batches of questions for models. */
@Command(
        name = "batches",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Submits files of questions for models, and downloads the answers.")
final class BatchCommands {
    private BatchCommands() {}

    static CommandLine of(Renderfleet root) {
        return new CommandLine(new BatchCommands())
                .addSubcommand(new Submit(root))
                .addSubcommand(new Show(root))
                .addSubcommand(new Cancel(root))
                .addSubcommand(new Download(root));
    }

    private static String line(JsonNode batch) {
        return Listings.line(batch, "id", "status", "counts.total", "counts.completed", "counts.failed");
    }

    /** Submits a batch. */
    @Command(name = "submit", description = "Submits a file with one question, a JSON object, on each line.")
    private static final class Submit extends ServiceCommand {
        @Parameters(index = "0", paramLabel = "FILE", description = "JSON Lines, as docs/inference.md describes them.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private Path file;

        @Option(names = "--priority", paramLabel = "PRIORITY", description = "HIGH, NORMAL or LOW. Default: LOW.")
        private @Nullable String priority;

        @Option(
                names = "--idempotency-key",
                paramLabel = "KEY",
                description = "The same command with the same key again does not submit another batch.")
        private @Nullable String key;

        private Submit(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode batch = client.batches().submit(file, root.user(), priority, key);
            root.result(batch, line(batch));
        }
    }

    /** What the commands for one batch have in common. */
    private abstract static class OneBatch extends ServiceCommand {
        @Parameters(index = "0", paramLabel = "BATCH", description = "The id of the batch.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        String batchId;

        private OneBatch(Renderfleet root) {
            super(root);
        }
    }

    /** Shows a batch. */
    @Command(name = "show", description = "Shows the state of a batch.")
    private static final class Show extends OneBatch {
        private Show(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode batch = client.batches().batch(batchId, root.user());
            root.result(batch, line(batch));
        }
    }

    /** Cancels a batch. */
    @Command(name = "cancel", description = "Cancels the jobs of a batch that are not over. Can be repeated.")
    private static final class Cancel extends OneBatch {
        private Cancel(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode batch = client.batches().cancel(batchId, root.user());
            root.result(batch, line(batch));
        }
    }

    /** Downloads the answers of a batch. */
    @Command(name = "download", description = "Downloads the answers of a batch that is over, or its errors.")
    private static final class Download extends OneBatch {
        /** A file that was written. */
        private record Written(String id, String file) {}

        @Option(names = "--errors", description = "The errors in place of the answers.")
        private boolean errors;

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
        void run(RenderfleetClient client) throws InterruptedException {
            if (errors) {
                client.batches().downloadErrors(batchId, root.user(), out);
            } else {
                client.batches().downloadOutput(batchId, root.user(), out);
            }
            root.result(new Written(batchId, out.toString()), "Wrote " + out);
        }
    }
}
