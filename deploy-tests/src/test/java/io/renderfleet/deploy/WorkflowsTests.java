package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The workflows run what they name and nothing that somebody else can move. */
class WorkflowsTests {
    private static final Path FOLDER = Template.root().resolve(".github/workflows");
    private static final Pattern VERSION = Pattern.compile("<((?!java)[a-z0-9-]+\\.version)>");
    private static final Pattern USES = Pattern.compile("uses: (\\S+)( # \\S+)?");

    @ParameterizedTest
    @ValueSource(strings = {"build.yml", "deploy.yml", "scan.yml"})
    void actionsArePinnedByCommitWithTheVersionBeside(String workflow) throws IOException {
        List<String> used = USES.matcher(Files.readString(FOLDER.resolve(workflow)))
                .results()
                .map(MatchResult::group)
                .toList();

        assertThat(used).isNotEmpty().allMatch(use -> use.matches("uses: [\\w-]+/[\\w-]+@[0-9a-f]{40} # v[0-9.]+"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"build.yml", "deploy.yml", "scan.yml"})
    void nothingIsAllowedThatAJobDoesNotAskFor(String workflow) throws IOException {
        assertThat(Files.readString(FOLDER.resolve(workflow))).contains("\npermissions:\n  contents: read\n");
    }

    @Test
    void thereIsNoOtherWorkflow() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("build.yml", "deploy.yml", "scan.yml");
        }
    }

    @Test
    void knownVulnerabilitiesAreLookedForEveryDayByAScannerThatNobodyCanReplace() throws IOException {
        assertThat(Files.readString(FOLDER.resolve("scan.yml")))
                .containsPattern("cron: \"\\d+ \\d+ \\* \\* \\*\"")
                .contains("run: make sbom\n")
                .contains(".github/scanner/Dockerfile");
        assertThat(Files.readString(Template.root().resolve(".github/scanner/Dockerfile")))
                .containsPattern("\nFROM [a-z./-]+:v[0-9.]+@sha256:[0-9a-f]{64}\n$");
    }

    @Test
    void updatesAreProposedForEverythingThatHasAVersion() throws IOException {
        String updates = Files.readString(Template.root().resolve(".github/dependabot.yml"));

        assertThat(updates)
                .contains("package-ecosystem: maven", "package-ecosystem: github-actions")
                .contains("package-ecosystem: docker\n", "package-ecosystem: docker-compose");
        try (Stream<Path> files = Files.find(
                Template.root(),
                3,
                (path, attributes) ->
                        path.endsWith("Dockerfile") && !path.toString().contains("/target/"))) {
            assertThat(files.map(file -> "\"/" + Template.root().relativize(file.getParent()) + "\""))
                    .contains("\"/\"")
                    .allSatisfy(folder -> assertThat(updates).contains(folder));
        }
    }

    @Test
    void everyVersionBelongsToADependencyOrPluginSoThatDependabotFindsIt() throws IOException {
        String pom = Files.readString(Template.root().resolve("pom.xml"));

        assertThat(VERSION.matcher(pom).results().map(version -> version.group(1)))
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(pom).contains("<version>${" + name + "}</version>"));
    }

    @Test
    void aDeploymentWaitsForItsEnvironmentsApprovalAndHasNoKeys() throws IOException {
        assertThat(Files.readString(FOLDER.resolve("deploy.yml")))
                .contains("    environment: ${{ inputs.environment || 'staging' }}\n")
                .contains("id-token: write")
                .doesNotContain("secrets.");
    }
}
