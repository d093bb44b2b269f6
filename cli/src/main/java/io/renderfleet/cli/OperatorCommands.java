package io.renderfleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.client.OperatorOperations.KeyAction;
import io.renderfleet.client.RenderfleetClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands for operators, except those for dead letters. */
final class OperatorCommands {
    private OperatorCommands() {}

    static void addTo(CommandLine line, Renderfleet root) {
        line.addSubcommand(new Regions(root))
                .addSubcommand(new Drain(root))
                .addSubcommand(new Undrain(root))
                .addSubcommand(new Queues(root))
                .addSubcommand(DeadLetterCommands.of(root));
        CommandLine keys = new CommandLine(new Keys()).addSubcommand(new ListKeys(root));
        for (KeyAction action : KeyAction.values()) {
            keys.addSubcommand(
                    action.name().toLowerCase(Locale.ROOT),
                    action == KeyAction.VERIFY ? new Verify(root) : new Act(root, action));
        }
        line.addSubcommand(keys);
    }

    private static String regions(Iterable<JsonNode> regions) {
        return Listings.table(regions, "id", "drained", "reachable", "depth");
    }

    /** Lists the regions. */
    @Command(name = "regions", description = "Operators: lists the regions, with the depth of their queues.")
    private static final class Regions extends ServiceCommand {
        private Regions(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().regions();
            root.result(answer, regions(answer.path("items")));
        }
    }

    /** Drains a region. */
    @Command(name = "drain", description = "Operators: sends the waiting jobs of a region elsewhere, and no new ones.")
    private static final class Drain extends ServiceCommand {
        @Parameters(index = "0", paramLabel = "REGION", description = "Such as us-east-1.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String region;

        private Drain(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().drain(region);
            root.result(answer, regions(List.of(answer)));
        }
    }

    /** Opens a region again. */
    @Command(name = "undrain", description = "Operators: gives jobs to a drained region again.")
    private static final class Undrain extends ServiceCommand {
        @Parameters(index = "0", paramLabel = "REGION", description = "Such as us-east-1.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String region;

        private Undrain(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().undrain(region);
            root.result(answer, regions(List.of(answer)));
        }
    }

    /** Lists the queues. */
    @Command(name = "queues", description = "Operators: lists the queues with their depth.")
    private static final class Queues extends ServiceCommand {
        private Queues(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().queues();
            List<JsonNode> queues = new ArrayList<>();
            answer.path("master").forEach(queues::add);
            answer.path("regional").forEach(queues::add);
            root.result(
                    answer,
                    Listings.table(queues, "queue", "depth.visible", "depth.inFlight", "depth.delayed") + "\n\n"
                            + Listings.table(answer.path("deadLetters"), "queue", "letters"));
        }
    }

    /** The commands for API keys. */
    @Command(
            name = "keys",
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "COMMAND",
            description = "Operators: the API keys of models.")
    private static final class Keys {}

    private static String keys(JsonNode pool) {
        return "Pool " + Terminal.cell(pool.path("pool").asText()) + "\n"
                + Listings.table(
                        pool.path("keys"),
                        "id",
                        "domain",
                        "last4",
                        "state",
                        "until",
                        "inUse",
                        "calls",
                        "successRate",
                        "verification.ok",
                        "why");
    }

    /** Lists the API keys. */
    @Command(name = "list", description = "Lists the API keys, without their secrets.")
    private static final class ListKeys extends ServiceCommand {
        @Parameters(index = "0", arity = "0..1", paramLabel = "POOL", description = "Only the keys of this pool.")
        private @Nullable String pool;

        private ListKeys(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().keys(pool);
            List<String> pools = new ArrayList<>();
            answer.path("pools").forEach(one -> pools.add(keys(one)));
            root.result(answer, pools.isEmpty() ? "None." : String.join("\n\n", pools));
        }
    }

    /** Acts on an API key. */
    @Command(description = "Does this to an API key. The workers follow within seconds.")
    private static final class Act extends ServiceCommand {
        private final KeyAction action;

        @Parameters(index = "0", paramLabel = "POOL", description = "The pool of the key.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String pool;

        @Parameters(index = "1", paramLabel = "KEY", description = "The id of the key.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String key;

        private Act(Renderfleet root, KeyAction action) {
            super(root);
            this.action = action;
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = client.operators().key(action, pool, key);
            root.result(answer, keys(answer));
        }
    }

    /** Verifies API keys. */
    @Command(description = "Lets a worker make one cheap call with a key, or with each key of the pool.")
    private static final class Verify extends ServiceCommand {
        @Option(names = "--all", description = "Every key of the pool.")
        private boolean all;

        @Parameters(index = "0", paramLabel = "POOL", description = "The pool of the key.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String pool;

        @Parameters(index = "1", arity = "0..1", paramLabel = "KEY", description = "The id of the key.")
        private @Nullable String key;

        @CommandLine.Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private CommandLine.Model.CommandSpec spec;

        private Verify(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            if (all == (key != null)) {
                throw new CommandLine.ParameterException(spec.commandLine(), "Give either a KEY or --all.");
            }
            JsonNode answer = key == null
                    ? client.operators().verifyKeys(pool)
                    : client.operators().key(KeyAction.VERIFY, pool, key);
            root.result(answer, keys(answer) + "\nSee the outcome:  renderfleet keys list");
        }
    }
}
