package io.renderfleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.client.OperatorOperations;
import io.renderfleet.client.OperatorOperations.KeyAction;
import io.renderfleet.client.RenderfleetClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands for operators, except those for dead letters. */
final class OperatorCommands {
    private static final Map<KeyAction, String> KEY_ACTIONS = Map.of(
            KeyAction.ENABLE, "Uses an API key again. The workers follow within seconds.",
            KeyAction.DISABLE, "Stops using an API key. The workers follow within seconds.",
            KeyAction.DRAIN, "Begins no more calls with an API key. The workers follow within seconds.",
            KeyAction.ROTATE, "Reads the secret of an API key again. The workers follow within seconds.");

    private OperatorCommands() {}

    static void addTo(CommandLine line, Renderfleet root) {
        line.addSubcommand(new Regions(root))
                .addSubcommand(
                        "drain",
                        described(
                                new OneRegion(root, OperatorOperations::drain),
                                "Operators: sends the waiting jobs of a region elsewhere, and no new ones."))
                .addSubcommand(
                        "undrain",
                        described(
                                new OneRegion(root, OperatorOperations::undrain),
                                "Operators: gives jobs to a drained region again."))
                .addSubcommand(new Queues(root))
                .addSubcommand(new AllJobsCommand(root))
                .addSubcommand(DeadLetterCommands.of(root));
        CommandLine keys = new CommandLine(new Keys()).addSubcommand(new ListKeys(root));
        KEY_ACTIONS.forEach((action, description) -> keys.addSubcommand(
                action.name().toLowerCase(Locale.ROOT), described(new OneKey(root, action), description)));
        line.addSubcommand(keys.addSubcommand("verify", new Verify(root)));
    }

    private static CommandLine described(ServiceCommand command, String description) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().usageMessage().description(description);
        return line;
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

    /** A call that changes one region. */
    private static final class OneRegion extends ServiceCommand {
        private final RegionCall call;

        @Parameters(index = "0", paramLabel = "REGION", description = "Such as us-east-1.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String region;

        private OneRegion(Renderfleet root, RegionCall call) {
            super(root);
            this.call = call;
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            JsonNode answer = call.change(client.operators(), region);
            root.result(answer, regions(List.of(answer)));
        }
    }

    /** A call for one region, which returns its state. */
    @FunctionalInterface
    private interface RegionCall {
        JsonNode change(OperatorOperations operators, String region) throws InterruptedException;
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

    /** A call that changes one API key. */
    private static final class OneKey extends ServiceCommand {
        private final KeyAction action;

        @Parameters(index = "0", paramLabel = "POOL", description = "The pool of the key.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String pool;

        @Parameters(index = "1", paramLabel = "KEY", description = "The id of the key.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String key;

        private OneKey(Renderfleet root, KeyAction action) {
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
