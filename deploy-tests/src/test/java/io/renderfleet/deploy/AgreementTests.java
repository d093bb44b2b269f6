package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.deploy.Fleet.Service;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.convert.DurationStyle;

/** Ports, health paths and the time to stop are the services' own. */
class AgreementTests {
    /** Fargate kills after this, whatever a template says. */
    private static final Duration LONGEST_STOP = Duration.ofMinutes(2);

    @Test
    void theLoadBalancerCallsTheApisPorts() {
        Template api = Service.API.template();
        String port = Service.API.setting("server.port");
        String management = Service.API.setting("management.server.port");

        assertThat(Template.list(Fleet.field(Service.API.container(), "PortMappings")))
                .extracting(mapping -> Fleet.field(mapping, "ContainerPort").toString())
                .containsExactlyInAnyOrder(port, management);
        assertThat(api.resource("Service").text("LoadBalancers", 0, "ContainerPort"))
                .isEqualTo(port);
        assertThat(api.ofType("AWS::ElasticLoadBalancingV2::TargetGroup")).allSatisfy(group -> {
            assertThat(group.text("Port")).isEqualTo(port);
            assertThat(group.text("HealthCheckPort")).isEqualTo(management);
            assertThat(group.text("HealthCheckPath")).isEqualTo("/actuator/health/readiness");
        });
        assertThat(api.ofType("AWS::EC2::SecurityGroupIngress"))
                .extracting(rule -> rule.text("FromPort") + " " + rule.text("ToPort"))
                .containsExactlyInAnyOrder(port + " " + port, management + " " + management);
    }

    @Test
    void theApiListensToTheLoadBalancerAndTheOthersToThemselvesOnly() {
        assertThat(Service.API.environment(Fleet.HOME)).containsEntry("SERVER_ADDRESS", "0.0.0.0");
        for (Service service : List.of(Service.DISTRIBUTOR, Service.WORKER, Service.BRIDGE)) {
            assertThat(service.setting("server.address")).isEqualTo("127.0.0.1");
            assertThat(service.environment(Fleet.HOME)).doesNotContainKey("SERVER_ADDRESS");
        }
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void aTaskIsAskedWhetherItLivesOnItsManagementPort(Service service) {
        assertThat(Template.texts(Fleet.field(Fleet.field(service.container(), "HealthCheck"), "Command")))
                .containsExactly("CMD", "/opt/renderfleet/healthy", service.managementPort());
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void aTaskHasTheTimeToStopThatItsServiceTakes(Service service) {
        Duration stop = Duration.ofSeconds(
                Long.parseLong(Fleet.field(service.container(), "StopTimeout").toString()));
        Duration phase = DurationStyle.detectAndParse(service.setting("spring.lifecycle.timeout-per-shutdown-phase"));

        assertThat(stop).isGreaterThanOrEqualTo(phase.plusSeconds(10)).isLessThanOrEqualTo(LONGEST_STOP);
    }

    @Test
    void aWorkerHasAllTheTimeThatFargateGives() {
        assertThat(Fleet.field(Service.WORKER.container(), "StopTimeout")).isEqualTo(120);
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void theRootIsReadOnlyAndTheTemporaryDirectoryIsNot(Service service) {
        assertThat(service.container()).containsEntry("ReadonlyRootFilesystem", true);
        assertThat(Fleet.field(service.container(), "MountPoints")).asString().contains("ContainerPath=/tmp");
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void aServiceLogsWhereItsGroupIs(Service service) {
        Template observability = Fleet.template("observability", Fleet.HOME);

        assertThat(observability.ofType("AWS::Logs::LogGroup"))
                .extracting(group -> group.text("LogGroupName"))
                .contains(Fleet.field(
                                Fleet.field(Fleet.field(service.container(), "LogConfiguration"), "Options"),
                                "awslogs-group")
                        .toString());
    }

    @Test
    void aWorkersDiskHoldsTheDesignsItKeeps() {
        Template worker = Service.WORKER.template();
        String cache = worker.defaultOf("DesignCacheSize");

        assertThat(cache).endsWith("GB");
        assertThat(Integer.parseInt(cache.substring(0, cache.length() - 2)) * 2)
                .as("GB, twice what is kept: a file that is being read is deleted later")
                .isLessThanOrEqualTo(Integer.parseInt(worker.defaultOf("EphemeralGiB")));
    }
}
