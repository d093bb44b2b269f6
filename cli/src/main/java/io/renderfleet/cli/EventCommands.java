package io.renderfleet.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.renderfleet.client.LiveEvent;
import io.renderfleet.client.RenderfleetClient;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands for results and alerts as they come. With {@code --output json}, each is a JSON object on one line. */
final class EventCommands {
    private static final JsonMapper JSON = new JsonMapper();

    private EventCommands() {}

    static void addTo(CommandLine line, Renderfleet root) {
        line.addSubcommand(new Events(root)).addSubcommand(new Alerts(root));
    }

    static JsonNode data(LiveEvent event) {
        try {
            return JSON.readTree(event.data());
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(event.data());
        }
    }

    private static void print(Renderfleet root, LiveEvent event, String... columns) {
        JsonNode data = data(event);
        if (root.isJson()) {
            root.terminal().jsonLine(data);
        } else {
            root.terminal().print(Listings.line(data, columns));
        }
    }

    /** Follows results. */
    @Command(
            name = "events",
            description =
                    "Prints the results of inference jobs as they come, until Ctrl-C. Results can be missing after"
                            + " an interruption.")
    private static final class Events extends ServiceCommand {
        @Option(
                names = "--camera",
                paramLabel = "ID",
                split = ",",
                description = "Only results of this camera. Can be repeated. Default: all.")
        private Set<String> cameras = Set.of();

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                defaultValue = "PT24H",
                description = "How long. Default: PT24H.")
        private Duration limit = Duration.ofDays(1);

        private Events(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            root.patient(client).followResults(cameras, limit, event -> {
                print(root, event, "finishedAt", "status", "type", "jobId", "source", "result");
                return true;
            });
        }
    }

    /** Lists or follows alerts. */
    @Command(name = "alerts", description = "Lists the latest alerts, or prints new ones as they are raised.")
    private static final class Alerts extends ServiceCommand {
        private static final String[] COLUMNS = {"at", "severity", "rule", "message", "jobId"};

        @Option(names = "--follow", description = "Print new alerts as they are raised, until Ctrl-C.")
        private boolean follow;

        @Option(
                names = {"-n", "--limit"},
                paramLabel = "N",
                defaultValue = "20",
                description = "How many alerts, 1 to 100. Default: 20.")
        private int limit;

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                defaultValue = "PT24H",
                description = "How long to follow. Default: PT24H.")
        private Duration time = Duration.ofDays(1);

        private Alerts(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            if (follow) {
                root.patient(client).followAlerts(null, time, event -> {
                    print(root, event, COLUMNS);
                    return true;
                });
            } else {
                JsonNode answer = client.alerts(limit);
                root.result(answer, Listings.table(answer.path("alerts"), COLUMNS));
            }
        }
    }
}
