package io.renderfleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.client.RenderfleetClient;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands for dead letters. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Operators: lists dead letters, sends their jobs again, deletes them.")
final class DeadLetterCommands {
    private DeadLetterCommands() {}

    static CommandLine of(Renderfleet root) {
        return new CommandLine(new DeadLetterCommands())
                .addSubcommand(new ListAll(root))
                .addSubcommand(new Redrive(root))
                .addSubcommand(new Delete(root));
    }

    /** The filters of the service, which checks them. */
    private static final class Filters {
        @Option(names = "--message-id", paramLabel = "ID", description = "The id of the message.")
        private @Nullable String messageId;

        @Option(names = "--job-id", paramLabel = "JOB", description = "The id of the job.")
        private @Nullable String jobId;

        @Option(names = "--of-user", paramLabel = "USER", description = "The user of the job.")
        private @Nullable String userId;

        @Option(names = "--region", paramLabel = "REGION", description = "Where the job was last sent to.")
        private @Nullable String region;

        @Option(names = "--queue", paramLabel = "NAME", description = "The name of the dead-letter queue.")
        private @Nullable String queue;

        @Option(names = "--pool", paramLabel = "NAME", description = "The pool of workers.")
        private @Nullable String pool;

        @Option(names = "--lane", paramLabel = "LANE", description = "Such as NORMAL.")
        private @Nullable String lane;

        @Option(names = "--cause", paramLabel = "CAUSE", description = "Such as worker-crash-loop.")
        private @Nullable String cause;

        @Option(names = "--older-than", paramLabel = "DURATION", description = "Only letters sent longer ago: PT10M.")
        private @Nullable String olderThan;

        @Option(names = "--younger-than", paramLabel = "DURATION", description = "Only letters sent since: P1D.")
        private @Nullable String youngerThan;

        @Option(names = "--limit", paramLabel = "N", description = "How many letters at most. Default: 100.")
        private @Nullable Integer limit;

        Map<String, String> all() {
            Map<String, String> all = new LinkedHashMap<>();
            put(all, "messageId", messageId);
            put(all, "jobId", jobId);
            put(all, "userId", userId);
            put(all, "region", region);
            put(all, "queue", queue);
            put(all, "pool", pool);
            put(all, "lane", lane);
            put(all, "cause", cause);
            put(all, "olderThan", olderThan);
            put(all, "youngerThan", youngerThan);
            put(all, "limit", limit);
            return all;
        }

        private static void put(Map<String, String> all, String name, @Nullable Object value) {
            if (value != null) {
                all.put(name, value.toString());
            }
        }
    }

    private abstract static class Filtered extends ServiceCommand {
        @Mixin
        Filters filters = new Filters();

        private Filtered(Renderfleet root) {
            super(root);
        }
    }

    /** Lists dead letters. */
    @Command(name = "list", description = "Lists dead letters, oldest first.")
    private static final class ListAll extends Filtered {
        private ListAll(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().deadLetters(filters.all());
            root.result(
                    answer,
                    Listings.table(
                            answer.path("items"),
                            "messageId",
                            "cause",
                            "jobId",
                            "userId",
                            "jobStatus",
                            "sentAt",
                            "queue"));
        }
    }

    /** Sends the jobs of dead letters again. */
    @Command(
            name = "redrive",
            description = "Sends the jobs of the letters that match every filter again. At least one is required.")
    private static final class Redrive extends Filtered {
        private Redrive(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().redrive(filters.all());
            root.result(answer, Listings.line(answer, "redriven", "obsolete", "kept", "failed", "unfinished"));
        }
    }

    /** Deletes dead letters. */
    @Command(name = "delete", description = "Deletes the letters that match every filter. At least one is required.")
    private static final class Delete extends Filtered {
        private Delete(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().deleteDeadLetters(filters.all());
            root.result(answer, Listings.line(answer, "deleted", "kept", "failed", "unfinished"));
        }
    }
}
