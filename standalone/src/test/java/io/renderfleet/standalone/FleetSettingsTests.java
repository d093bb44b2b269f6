package io.renderfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What wins: the fleet where its services must agree, then the user, then the defaults of a fleet on one machine. */
class FleetSettingsTests {
    private static LocalAws aws;

    @BeforeAll
    static void start() {
        ServiceLogs.toOnePlace();
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    @AfterEach
    void forget() {
        System.clearProperty("renderfleet.worker.lease");
        System.clearProperty("renderfleet.env");
    }

    @Test
    void aFleetOnOneMachineHasItsOwnDefaults() {
        assertThat(linesOf("renderfleet.worker.lease"))
                .allMatch(line -> line.matches("\\S+ +30s +standalone.yml, line \\d+"));
        assertThat(linesOf("renderfleet.worker.grace"))
                .allMatch(line -> line.matches("\\S+ +0s +standalone.yml, line \\d+"));
        assertThat(linesOf("springdoc.api-docs.enabled"))
                .extracting(line -> line.replaceAll("^\\S+ +(\\S+) .*", "$1"))
                .containsExactly("true", "false", "false", "false", "false");
    }

    @Test
    void theUsersSettingsWinOverThem() {
        System.setProperty("renderfleet.worker.lease", "45s");
        assertThat(linesOf("renderfleet.worker.lease"))
                .hasSize(5)
                .allMatch(line -> line.matches("\\S+ +45s +system property"));
    }

    @Test
    void whereTheServicesMustAgreeTheFleetWins() {
        System.setProperty("renderfleet.env", "mine");
        assertThat(linesOf("renderfleet.env")).allMatch(line -> line.matches("\\S+ +local +command line"));
        assertThat(Fleet.ownedSettings(aws, FleetPorts.free()))
                .contains("renderfleet.env", "renderfleet.regions", "server.port", "renderfleet.worker.region")
                .doesNotContain("renderfleet.worker.lease", "renderfleet.worker.slots");
    }

    private static List<String> linesOf(String setting) {
        var out = new ByteArrayOutputStream();
        Fleet.printSettings(aws, FleetPorts.free(), new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(setting + " "))
                .toList();
    }
}
