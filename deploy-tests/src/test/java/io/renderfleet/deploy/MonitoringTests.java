package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.deploy.Fleet.Service;
import io.renderfleet.telemetry.FleetMetric;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Alerts and dashboards ask for what there is, where it is, and say what to do. */
class MonitoringTests {
    private static final String OURS = "renderfleet_";
    private static final Pattern DEPTH =
            Pattern.compile("(?:max|min)\\s+by \\(([^)]*)\\) \\(renderfleet_distributor_region_depth\\w*");

    /** That the services export the names of the list is the system tests' to see. */
    @Test
    void theListHasTheMetricsThatAreAskedForAndNoOther() {
        var asked = new TreeSet<String>();
        Monitoring.queries().forEach(query -> asked.addAll(Monitoring.metrics(query)));
        asked.removeAll(Monitoring.recorded());

        assertThat(Monitoring.text(Monitoring.PROMETHEUS.resolve("metrics.txt"))
                        .lines()
                        .filter(line -> !line.startsWith("#")))
                .containsExactlyElementsOf(asked);
    }

    @Test
    void ourMetricsAreThoseOfTheCode() {
        List<String> known = Arrays.stream(FleetMetric.values())
                .map(metric -> metric.metricName().replace('.', '_'))
                .toList();

        for (String query : Monitoring.queries()) {
            assertThat(Monitoring.metrics(query))
                    .filteredOn(name -> name.startsWith(OURS))
                    .allSatisfy(name -> assertThat(known)
                            .anyMatch(ours -> name.matches(ours + "(|_total|_seconds|_seconds_(bucket|sum|count))")));
        }
    }

    @Test
    void theNamesOfAQueryAreFound() {
        assertThat(Monitoring.metrics("""
                sum by (region, le) (rate(a_bucket{b="c{d}", e=~"f"}[5m])) / on (g) group_left () h > 1e3
                  unless on (i) clamp_min(j:k, 0) or vector(0)""")).containsExactly("a_bucket", "h", "j:k");
    }

    /** The bridge is optional in containers, and an alert would report that it is down. */
    @ParameterizedTest
    @EnumSource(value = Service.class, mode = EnumSource.Mode.EXCLUDE, names = "BRIDGE")
    void prometheusAsksEachServiceOnItsManagementPort(Service service) {
        Map<String, Object> job = Template.list(
                        Fleet.field(Monitoring.yaml(Monitoring.PROMETHEUS.resolve("prometheus.yml")), "scrape_configs"))
                .stream()
                .map(Template::map)
                .filter(config -> service.serviceName().equals(config.get("job_name")))
                .findFirst()
                .orElseThrow();

        assertThat(job).containsEntry("metrics_path", "/actuator/prometheus");
        assertThat(Template.list(Fleet.field(
                        Template.list(Fleet.field(job, "static_configs")).getFirst(), "targets")))
                .isNotEmpty()
                .allSatisfy(target -> assertThat(target.toString())
                        .startsWith(service.serviceName())
                        .endsWith(":" + service.managementPort()));
    }

    @Test
    void anAlertSaysWhatIsWrongAndWhatToDo() {
        assertThat(Monitoring.alerts()).isNotEmpty().allSatisfy(alert -> {
            assertThat(Template.map(Fleet.field(alert, "annotations")))
                    .as(Fleet.field(alert, "alert").toString())
                    .containsOnlyKeys("summary", "description", "runbook");
            assertThat(Fleet.field(Fleet.field(alert, "labels"), "severity")).isIn("critical", "warning");
        });
    }

    @Test
    void depthsOfAPoolAreNotTakenForThoseOfItsRegion() {
        assertThat(Monitoring.queries().stream()
                        .flatMap(query -> DEPTH.matcher(query).results()))
                .isNotEmpty()
                .allSatisfy(aggregated -> assertThat(aggregated.group(1))
                        .as("the largest of several distributors, and not of several pools: " + aggregated.group())
                        .contains("pool"));
    }

    @Test
    void aRegionIsFullAtTheDistributorsLimit() {
        assertThat(Monitoring.alerts())
                .filteredOn(alert -> Fleet.field(alert, "alert").equals("RegionFull"))
                .singleElement()
                .satisfies(alert -> assertThat(Fleet.field(alert, "expr").toString())
                        .endsWith(" >= " + Service.DISTRIBUTOR.setting("renderfleet.distributor.depth-limit")));
    }

    static List<Path> dashboards() {
        return Monitoring.dashboards();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void aDashboardIsFoundAgainByItsFilesName(Path dashboard) {
        JsonNode json = Monitoring.json(dashboard);

        assertThat(json.path("uid").asText() + ".json").isEqualTo("renderfleet-" + dashboard.getFileName());
        assertThat(json.path("panels").findValuesAsText("id")).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void aPanelSaysWhatToDoAndHasAUnit(Path dashboard) {
        assertThat(Monitoring.panels(dashboard)).isNotEmpty().allSatisfy(panel -> {
            assertThat(panel.path("description").asText()).as(panel.toString()).isNotBlank();
            assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                    .as(panel.toString())
                    .isNotBlank();
            assertThat(panel.path("targets")).isNotEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void aDashboardAsksTheDataSourceThatIsProvisioned(Path dashboard) {
        Object provisioned = Template.list(Fleet.field(
                        Monitoring.yaml(Monitoring.GRAFANA.resolve("provisioning/datasources/prometheus.yml")),
                        "datasources"))
                .getFirst();

        assertThat(Monitoring.json(dashboard)
                        .at("/templating/list/0/current/value")
                        .asText())
                .isEqualTo(Fleet.field(provisioned, "uid"));
        assertThat(Monitoring.panels(dashboard))
                .allSatisfy(
                        panel -> assertThat(panel.path("datasource").path("uid").asText())
                                .isEqualTo("${datasource}"));
    }
}
