package io.renderfleet.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The files that Prometheus and Grafana are given, and the metrics that a query asks for. */
final class Monitoring {
    static final Path PROMETHEUS = Template.root().resolve("deploy/prometheus");
    static final Path GRAFANA = Template.root().resolve("deploy/grafana");

    private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
    private static final Pattern LABELS =
            Pattern.compile("\\{[^}]*}|\\[[^]]*]|\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
    /** A word that is not a function's. */
    private static final Pattern METRIC = Pattern.compile("\\b[a-zA-Z_:][\\w:]*\\b(?!\\s*\\()");

    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Monitoring() {}

    /** One alert: its name, query, labels and annotations. */
    static List<Map<String, Object>> alerts() {
        return rules().filter(rule -> !rule.containsKey("record")).toList();
    }

    /** The names under which Prometheus keeps the results of queries. */
    static Set<String> recorded() {
        return rules().filter(rule -> rule.containsKey("record"))
                .map(rule -> Fleet.field(rule, "record").toString())
                .collect(Collectors.toSet());
    }

    private static Stream<Map<String, Object>> rules() {
        return files(PROMETHEUS.resolve("rules")).stream()
                .flatMap(file -> Template.list(Fleet.field(yaml(file), "groups")).stream())
                .flatMap(group -> Template.list(Fleet.field(group, "rules")).stream())
                .map(Template::map);
    }

    static List<Path> dashboards() {
        return files(GRAFANA.resolve("dashboards"));
    }

    /** What is to be seen of a dashboard, without the headings. */
    static List<JsonNode> panels(Path dashboard) {
        return json(dashboard)
                .path("panels")
                .valueStream()
                .filter(panel -> !panel.path("type").asText().equals("row"))
                .toList();
    }

    /** Every query of a dashboard or a rule. */
    static List<String> queries() {
        Stream<String> rules = rules().map(rule -> Fleet.field(rule, "expr").toString());
        Stream<String> shown = dashboards().stream()
                .flatMap(dashboard -> panels(dashboard).stream())
                .flatMap(panel -> panel.path("targets").valueStream())
                .map(target -> target.path("expr").asText());
        Stream<String> chosen = dashboards().stream()
                .flatMap(dashboard ->
                        json(dashboard).path("templating").path("list").valueStream())
                .map(variable -> variable.path("definition").asText())
                .map(query -> query.replaceAll("label_values\\((.*), *\\w+\\)", "$1"))
                .filter(query -> !query.isEmpty());
        return Stream.of(rules, shown, chosen).flatMap(query -> query).toList();
    }

    /** The names that stand in a query, but those of labels, functions and operators. */
    static Set<String> metrics(String query) {
        String bare = LABELS.matcher(TEXT.matcher(query).replaceAll("")).replaceAll(" ");
        var names = new TreeSet<>(
                METRIC.matcher(bare).results().map(MatchResult::group).toList());
        names.removeAll(OPERATORS);
        // Prometheus's own.
        names.removeAll(Set.of("up", "ALERTS"));
        return names;
    }

    static Map<String, Object> yaml(Path file) {
        return new Yaml().load(text(file));
    }

    static JsonNode json(Path file) {
        try {
            return JSON.readTree(text(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
