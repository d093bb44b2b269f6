package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.deploy.Fleet.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The collector finds the services, and gets nothing from them but their metrics and traces. */
class TelemetryTests {
    private static final Path FOLDER = Template.root().resolve("deploy/collector");
    private static final Map<String, String> ON = Map.of("Telemetry", "true");

    private static Template with(Service service) {
        return Fleet.template(service.module(), Fleet.HOME, ON);
    }

    private static Object configuration(String file) throws IOException {
        return new Yaml()
                .load(Files.readString(FOLDER.resolve(file + ".yaml")).replace("${env:RENDERFLEET_ENV}", "prod"));
    }

    private static Object field(Object map, String... path) {
        Object at = map;
        for (String step : path) {
            at = Fleet.field(at, step);
        }
        return at;
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void nothingRunsBesideAServiceSinceContainersOfATaskShareItsRole(Service service) {
        assertThat(Template.list(with(service).resource("Task").at("ContainerDefinitions")))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloudwatch", "prometheus"})
    void theCollectorReadsTheMetricsOfEachServiceOnItsManagementPort(String file) throws IOException {
        Object observer = field(configuration(file), "extensions", "ecs_observer");
        Map<String, Object> targets = new TreeMap<>();
        Template.list(field(observer, "task_definitions"))
                .forEach(target -> targets.put(field(target, "job_name").toString(), target));

        assertThat(field(observer, "cluster_name"))
                .isEqualTo(Fleet.template("cluster", Fleet.HOME)
                        .resource("Cluster")
                        .text("ClusterName"));
        assertThat(targets.keySet())
                .containsExactlyElementsOf(Stream.of(Service.values())
                        .map(Service::serviceName)
                        .sorted()
                        .toList());
        for (Service service : Service.values()) {
            Object target = Fleet.field(targets, service.serviceName());
            Template template = with(service);
            String family = template.resource("Task").text("Family");
            assertThat("arn:aws:ecs:us-east-1:123456789012:task-definition/" + family + ":7")
                    .matches(field(target, "arn_pattern").toString());
            assertThat(field(target, "metrics_path")).isEqualTo("/actuator/prometheus");
            assertThat(field(target, "metrics_ports")).isEqualTo(List.of(Integer.parseInt(service.managementPort())));
            assertThat(template.resource("Task").at("ContainerDefinitions", 0, "PortMappings"))
                    .asString()
                    .contains("ContainerPort=" + service.managementPort());
            assertThat(Service.environment(template)).containsEntry("SERVER_ADDRESS", "0.0.0.0");
        }
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void onlyTheCollectorReachesTheMetricsAndOnlyServicesSendTraces(Service service) {
        Template template = with(service);
        int port = Integer.parseInt(service.managementPort());

        assertThat(rule(template, "MetricsIn")).containsExactly("<SecurityGroup>", "sg-1", port, port);
        assertThat(rule(template, "MetricsOut")).containsExactly("sg-1", "<SecurityGroup>", port, port);
        assertThat(rule(template, "TracesOut")).containsExactly("<SecurityGroup>", "sg-1", 4318, 4318);
        assertThat(rule(template, "TracesIn")).containsExactly("sg-1", "<SecurityGroup>", 4318, 4318);
        assertThat(service.template().resources()).doesNotContainKeys("MetricsIn", "TracesIn", "MetricsOut");
    }

    private static List<Object> rule(Template template, String id) {
        Template.Resource rule = template.resource(id);
        String other = rule.has("SourceSecurityGroupId") ? "SourceSecurityGroupId" : "DestinationSecurityGroupId";
        return List.of(rule.at("GroupId"), rule.at(other), rule.at("FromPort"), rule.at("ToPort"));
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void tracesGoToTheNameOfTheCollector(Service service) throws IOException {
        Template telemetry = Fleet.template("telemetry", Fleet.HOME);
        String name = telemetry.resource("Discovery").text("Name") + "."
                + telemetry.resource("Namespace").text("Name");

        assertThat(Service.environment(with(service)))
                .containsEntry("MANAGEMENT_OTLP_TRACING_ENDPOINT", "http://" + name + ":4318/v1/traces");
        assertThat(field(configuration("cloudwatch"), "receivers", "otlp", "protocols", "http", "endpoint"))
                .isEqualTo("0.0.0.0:4318");
    }

    @Test
    void bothConfigurationsDifferInTheirExporterOnly() throws IOException {
        assertThat(field(configuration("cloudwatch"), "receivers"))
                .isEqualTo(field(configuration("prometheus"), "receivers"));
        for (String file : List.of("cloudwatch", "prometheus")) {
            Object config = configuration(file);
            List<String> used = new ArrayList<>();
            Template.maps(field(config, "service", "pipelines")).values().forEach(pipeline -> {
                for (String kind : List.of("receivers", "processors", "exporters")) {
                    Template.texts(Fleet.field(pipeline, kind)).forEach(one -> used.add(kind + " " + one));
                }
            });
            Template.texts(field(config, "service", "extensions")).forEach(one -> used.add("extensions " + one));
            for (String kind : List.of("receivers", "processors", "exporters", "extensions")) {
                assertThat(Template.map(field(config, kind)).keySet())
                        .as(file + " " + kind)
                        .containsExactlyInAnyOrderElementsOf(used.stream()
                                .filter(one -> one.startsWith(kind + " "))
                                .map(one -> one.substring(kind.length() + 1))
                                .distinct()
                                .toList());
            }
        }
    }

    @Test
    void theCollectorWritesWhereItMay() throws IOException {
        Object logs = field(configuration("cloudwatch"), "exporters", "awsemf", "log_group_name");

        assertThat(Fleet.template("observability", Fleet.HOME, ON).ofType("AWS::Logs::LogGroup"))
                .extracting(group -> group.text("LogGroupName"))
                .contains(logs.toString(), "/renderfleet/prod/collector");
        assertThat(RightsTests.rights(Fleet.template("telemetry", Fleet.HOME)))
                .filteredOn(right -> right.action().equals("logs:PutLogEvents"))
                .singleElement()
                .satisfies(right -> assertThat(right.resource()).endsWith("log-group:" + logs + ":*"));
        assertThat(Files.readString(FOLDER.resolve("Dockerfile")))
                .contains("\nVOLUME /targets\n")
                .contains(field(configuration("cloudwatch"), "extensions", "ecs_observer", "result_file")
                        .toString()
                        .replaceAll("[^/]*$", ""));
    }

    /** Also the containers of templates that are added later. */
    @ParameterizedTest
    @MethodSource("templates")
    void noContainerHasAUserOrCapabilitiesOrAFileSystemThatItDoesNotNeed(String name) {
        for (Template.Resource task : Fleet.template(name, Fleet.HOME, ON).ofType("AWS::ECS::TaskDefinition")) {
            for (Object container : Template.list(task.at("ContainerDefinitions"))) {
                assertThat(Template.map(container))
                        .as(name)
                        .containsEntry("User", "10001:10001")
                        .containsEntry("ReadonlyRootFilesystem", true)
                        .doesNotContainKey("Privileged");
                assertThat(Fleet.field(Fleet.field(container, "LinuxParameters"), "Capabilities"))
                        .isEqualTo(Map.of("Drop", List.of("ALL")));
                assertThat(Fleet.field(container, "Image").toString())
                        .as("by digest")
                        .matches("\\d+\\.dkr\\.ecr\\.us-east-1\\.amazonaws\\.com/renderfleet-prod-[a-z]+"
                                + "@sha256:[0-9a-f]{64}");
            }
        }
    }

    static List<String> templates() {
        return Template.names();
    }
}
