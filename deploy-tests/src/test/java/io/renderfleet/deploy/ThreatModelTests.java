package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.deploy.Fleet.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/threat-model.md says of each role what the templates say, and names only tests and controls that exist. */
class ThreatModelTests {
    private static final Path DOCUMENT = Template.root().resolve("docs/threat-model.md");
    private static final Pattern TEST = Pattern.compile("`(\\w+Tests)(?:\\.(\\w+))?`");
    private static final Pattern CONTROL = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`");

    private static String document() throws IOException {
        return Files.readString(DOCUMENT);
    }

    @Test
    void rightsAreThoseOfTheTemplates() throws IOException {
        String text = document();
        String written = text.substring(text.indexOf("<!-- rights -->"), text.indexOf("<!-- end of rights -->"));

        assertThat(written.lines().filter(line -> line.startsWith("|")).toList())
                .as("copy the expected rows into the document, after you have considered what the change allows")
                .containsExactlyElementsOf(rows());
    }

    private static List<String> rows() {
        Map<String, Object> roles = new LinkedHashMap<>();
        for (Service service : Service.values()) {
            roles.put(service.serviceName(), policies(service.template(), "TaskRole"));
        }
        roles.put("collector", policies(Fleet.template("telemetry", Fleet.HOME), "TaskRole"));
        roles.put("GitHub workflow", policies(Fleet.template("ci-role", Fleet.HOME), "PipelineRole"));

        List<String> rows = new ArrayList<>(List.of("| role | may | on | if |", "| --- | --- | --- | --- |"));
        roles.forEach((role, policies) -> {
            for (Object policy : Template.list(policies)) {
                for (Object statement :
                        Template.list(Fleet.field(Fleet.field(policy, "PolicyDocument"), "Statement"))) {
                    rows.add(row(role, statement));
                }
            }
        });
        return rows;
    }

    private static Object policies(Template template, String role) {
        return template.resource(role).at("Policies");
    }

    private static String row(String role, Object statement) {
        String actions = joined(Template.texts(Fleet.field(statement, "Action")).stream());
        String resources = joined(Template.texts(Fleet.field(statement, "Resource")).stream()
                .map(ThreatModelTests::shortened)
                .distinct());
        List<String> conditions = new ArrayList<>();
        Template.maps(Template.map(statement).getOrDefault("Condition", Map.of()))
                .forEach((operator, keys) -> new TreeMap<>(keys)
                        .forEach((key, value) -> conditions.add("`" + key + "` is "
                                + (key.equals("aws:RequestedRegion")
                                        ? "one of the deployment's"
                                        : joined(Template.texts(value).stream())))));
        return "| " + role + " | " + actions + " | " + resources + " | " + String.join("; ", conditions) + " |";
    }

    private static String joined(Stream<String> words) {
        return words.map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    /** The service and the name of a resource, for any deployment, region and lane. */
    private static String shortened(String resource) {
        if (!resource.startsWith("arn:")) {
            return resource;
        }
        String[] parts = resource.split(":", 6);
        return (parts[2] + ": " + parts[5])
                .replace("renderfleet-prod", "renderfleet-<env>")
                .replace("/renderfleet/prod/", "/renderfleet/<env>/")
                .replace("-" + Template.ACCOUNT, "-<account>")
                .replace("${aws:RequestedRegion}", "<region>")
                .replace(Fleet.HOME, "<region>")
                .replaceFirst("-(high|normal|low|ordered\\.fifo)$", "-<lane>")
                .replaceFirst("-dlq\\.fifo$", "-dlq");
    }

    @Test
    void noRoleReadsSecretsOrScansAndOnlyIdsOfDesignsCanBeDeleted() {
        for (String row : rows()) {
            assertThat(row).doesNotContain("secretsmanager:", "dynamodb:Scan", "`*`, ");
        }
        assertThat(rows())
                .filteredOn(row -> row.contains("s3:DeleteObject"))
                .containsExactly(
                        "| api | `s3:DeleteObject` | `s3: renderfleet-<env>-designs-<account>/designs/*` |  |");
        for (String reader : List.of("api-service", "bridge-service")) {
            assertThat(Fleet.template(reader, Fleet.HOME)
                            .resource("ExecutionRole")
                            .properties())
                    .asString()
                    .contains("secretsmanager:GetSecretValue");
        }
        for (String other : List.of("worker-service", "distributor-service", "telemetry")) {
            assertThat(Fleet.template(other, Fleet.HOME, Map.of("Telemetry", "true"))
                            .resource("ExecutionRole")
                            .properties())
                    .asString()
                    .doesNotContain("secretsmanager", "ssm");
        }
    }

    @Test
    void everyTestThatItNamesExists() throws IOException {
        Map<String, String> sources = sources();
        assertThat(TEST.matcher(document()).results().toList())
                .hasSizeGreaterThan(30)
                .allSatisfy(named -> assertThat(sources.getOrDefault(named.group(1), ""))
                        .as(named.group())
                        .contains(named.group(2) == null ? "class " + named.group(1) : " " + named.group(2) + "("));
    }

    @Test
    void everyControlThatItNamesIsAClassOrAResourceOfATemplate() throws IOException {
        Map<String, String> sources = sources();
        Set<String> resources = new LinkedHashSet<>();
        Template.names()
                .forEach(name -> resources.addAll(
                        Fleet.template(name, Fleet.HOME).resources().keySet()));
        List<MatchResult> named = CONTROL.matcher(document())
                .results()
                .filter(control -> !control.group(1).endsWith("Tests"))
                .toList();

        assertThat(named).hasSizeGreaterThan(15).allSatisfy(control -> {
            String name = control.group(1);
            assertThat(sources.containsKey(name) || resources.contains(name))
                    .as(name)
                    .isTrue();
            if (control.group(2) != null) {
                assertThat(sources.getOrDefault(name, "")).as(control.group()).contains(" " + control.group(2) + "(");
            }
        });
    }

    /** The text of every Java file of the project by the name of its class; files of one name are joined. */
    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> files = Files.find(
                Template.root(),
                20,
                (path, attributes) -> attributes.isRegularFile()
                        && path.toString().contains("/src/")
                        && path.toString().endsWith(".java"))) {
            Map<String, String> sources = new TreeMap<>();
            for (Path file : files.toList()) {
                sources.merge(
                        file.getFileName().toString().replace(".java", ""), Files.readString(file), String::concat);
            }
            return sources;
        }
    }
}
