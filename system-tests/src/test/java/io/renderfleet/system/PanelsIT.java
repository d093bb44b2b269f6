package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.fakellm.Behaviour;
import io.renderfleet.fakellm.Behaviour.Kind;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.standalone.FakeModels;
import io.renderfleet.standalone.FleetPorts;
import io.renderfleet.telemetry.FleetMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus scrapes a fleet that runs jobs, and evaluates what the dashboards of Grafana ask for. */
class PanelsIT {
    private static final Path DASHBOARDS = Path.of("../deploy/grafana/dashboards");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int JOBS = 20;

    /** The panels that have no data while nothing is wrong, and what would have to happen for them to have some. */
    private static final Map<String, String> EMPTY = Map.of(
            "renderfleet-fleet: Dead letters, by queue", "a message that every service fails to process ten times",
            "renderfleet-fleet: Jobs recovered by the watchdog", "a service that dies, or a message that is lost");

    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), *(\\w+)\\)");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory;

    private static FakeModels models;
    private static RunningFleet fleet;
    private static Prometheus prometheus;

    @BeforeAll
    static void start() throws IOException {
        models = FakeModels.start(FleetPorts.free());
        fleet = RunningFleet.withInference(models, Map.of("renderfleet.distributor.recovery.letters", "1s"));
        Map<String, List<String>> targets = new LinkedHashMap<>();
        fleet.fleet()
                .management()
                .forEach((service, address) -> targets.computeIfAbsent(
                                service.replaceFirst(" .*", ""), _ -> new ArrayList<>())
                        .add(address.getAuthority()));
        prometheus = Prometheus.start(directory, targets);
    }

    @AfterAll
    static void stop() {
        prometheus.close();
        fleet.close();
        models.close();
    }

    /** One query of a panel. */
    private record Query(String dashboard, String panel, String text) {
        String name() {
            return dashboard + ": " + panel;
        }
    }

    @Test
    void everyPanelHasDataOrAReasonForHavingNone() throws Exception {
        runJobs();
        List<Query> queries = queries();
        assertThat(queries).hasSizeGreaterThan(50);
        assertThat(queries.stream().map(Query::name)).containsAll(EMPTY.keySet());

        // Rates need jobs that run while Prometheus looks.
        Set<Query> missing = new LinkedHashSet<>(queries);
        missing.removeIf(query -> EMPTY.containsKey(query.name()));
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("viewer")));
            fleet.accepted(fleet.post("/jobs", question()));
            missing.removeAll(withData(missing));
            assertThat(missing).isEmpty();
        });
        assertThat(prometheus.ruleGroups()).isNotEmpty();
        for (JsonNode group : prometheus.ruleGroups()) {
            assertThat(group.path("rules"))
                    .allSatisfy(rule -> assertThat(rule.path("health").asText())
                            .as(rule.toString())
                            .isEqualTo("ok"));
        }
        assertOurMetricsAreDocumented();
    }

    /** Jobs of both types that complete, and of both types that fail at their timeout. */
    private static void runJobs() throws Exception {
        List<JobId> complete = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            complete.add(fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("viewer"))));
            complete.add(fleet.accepted(fleet.post("/jobs", question())));
        }
        fleet.awaitOver(complete);
        assertThat(complete).allSatisfy(id -> assertThat(fleet.job(id).status()).isEqualTo(JobStatus.COMPLETED));

        for (int key = 1; key <= FakeModels.KEYS; key++) {
            models.server().setKeyBehaviour(FakeModels.secret(key), Behaviour.of(Kind.HANG));
        }
        String large = RunningFleet.tinyRequest("viewer")
                .replace(
                        "\"width\": 32, \"height\": 16, \"samplesPerPixel\": 1",
                        "\"width\": 1920, \"height\": 1080, \"samplesPerPixel\": 1024");
        List<JobId> fail = List.of(
                fleet.accepted(fleet.post("/jobs", withoutTime(large))),
                fleet.accepted(fleet.post("/jobs", withoutTime(question()))));
        fleet.awaitOver(fail);
        assertThat(fail).allSatisfy(id -> assertThat(fleet.job(id).status()).isEqualTo(JobStatus.FAILED));
        assertThat(fleet.post("/jobs", "{").statusCode()).isEqualTo(400);
        for (int key = 1; key <= FakeModels.KEYS; key++) {
            models.server().setKeyBehaviour(FakeModels.secret(key), Behaviour.OK);
        }
    }

    private static String question() {
        return """
                {"type": "inference", "userId": "asker", "model": "%s",
                 "messages": [{"role": "user", "content": "Is it a risk?"}]}""".formatted(FakeModels.MODEL);
    }

    /** The request with a single attempt, which has too little time. */
    private static String withoutTime(String request) {
        return request.replaceFirst("\\{", "{\"timeout\": \"PT1S\", \"maxAttempts\": 1, ");
    }

    private static List<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            for (Path file : files.sorted().toList()) {
                JsonNode dashboard = JSON.readTree(file.toFile());
                for (JsonNode panel : dashboard.path("panels")) {
                    for (JsonNode target : panel.path("targets")) {
                        queries.add(new Query(
                                dashboard.path("uid").asText(),
                                panel.path("title").asText(),
                                target.path("expr").asText()));
                    }
                }
            }
        }
        return queries;
    }

    private static Set<Query> withData(Set<Query> queries) throws Exception {
        Map<String, Map<String, List<String>>> variables = variables();
        Set<Query> found = new HashSet<>();
        for (Query query : queries) {
            if (hasData(query, variables.getOrDefault(query.dashboard(), Map.of()))) {
                found.add(query);
            }
        }
        return found;
    }

    /** The values of the variables of each dashboard: of one that has a choice of all, the pattern for all. */
    private static Map<String, Map<String, List<String>>> variables() throws Exception {
        Map<String, Map<String, List<String>>> all = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            for (Path file : files.toList()) {
                JsonNode dashboard = JSON.readTree(file.toFile());
                Map<String, List<String>> own = new LinkedHashMap<>();
                for (JsonNode variable : dashboard.at("/templating/list")) {
                    Matcher definition =
                            LABEL_VALUES.matcher(variable.path("definition").asText());
                    if (definition.matches()) {
                        List<String> values = labelValues(definition.group(1), definition.group(2));
                        assertThat(values).as(variable.toString()).isNotEmpty();
                        own.put(
                                variable.path("name").asText(),
                                variable.path("includeAll").asBoolean()
                                        ? List.of(variable.path("allValue").asText())
                                        : values);
                    }
                }
                all.put(dashboard.path("uid").asText(), own);
            }
        }
        return all;
    }

    private static List<String> labelValues(String selector, String label) throws Exception {
        Set<String> values = new TreeSet<>();
        for (JsonNode series : prometheus.query(selector)) {
            values.add(series.path("metric").path(label).asText());
        }
        return List.copyOf(values);
    }

    /** Whether a query has a number, with at least one of the values of each variable. */
    private static boolean hasData(Query query, Map<String, List<String>> variables) throws Exception {
        List<String> texts =
                List.of(query.text().replace("$__rate_interval", "1m").replace("$__range", "1h"));
        for (Map.Entry<String, List<String>> variable : variables.entrySet()) {
            texts = texts.stream()
                    .flatMap(text ->
                            variable.getValue().stream().map(value -> text.replace("$" + variable.getKey(), value)))
                    .toList();
        }
        for (String text : texts) {
            assertThat(text).as("a variable that the test does not know").doesNotContain("$");
            for (JsonNode series : prometheus.query(text)) {
                if (Double.isFinite(series.path("value").path(1).asDouble())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void assertOurMetricsAreDocumented() throws Exception {
        List<String> documented = Arrays.stream(FleetMetric.values())
                .map(metric -> metric.metricName().replace('.', '_'))
                .toList();
        List<String> ours = new ArrayList<>();
        prometheus.names().forEach(name -> ours.add(name.asText()));
        ours.removeIf(name -> !name.startsWith("renderfleet_"));
        assertThat(ours)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(documented)
                        .anyMatch(metric ->
                                name.matches(metric + "(_seconds|_bytes)?(_total|_bucket|_sum|_count|_max)?")));
    }
}
