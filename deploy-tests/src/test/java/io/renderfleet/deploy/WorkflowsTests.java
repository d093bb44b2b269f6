package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The workflows run what they name and nothing that somebody else can move. */
class WorkflowsTests {
    private static final Path FOLDER = Template.root().resolve(".github/workflows");
    private static final Pattern USES = Pattern.compile("uses: (\\S+)( # \\S+)?");

    @ParameterizedTest
    @ValueSource(strings = {"build.yml", "deploy.yml"})
    void actionsArePinnedByCommitWithTheVersionBeside(String workflow) throws IOException {
        List<String> used = USES.matcher(Files.readString(FOLDER.resolve(workflow)))
                .results()
                .map(MatchResult::group)
                .toList();

        assertThat(used).isNotEmpty().allMatch(use -> use.matches("uses: [\\w-]+/[\\w-]+@[0-9a-f]{40} # v[0-9.]+"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"build.yml", "deploy.yml"})
    void nothingIsAllowedThatAJobDoesNotAskFor(String workflow) throws IOException {
        assertThat(Files.readString(FOLDER.resolve(workflow))).contains("\npermissions:\n  contents: read\n");
    }

    @Test
    void aDeploymentWaitsForItsEnvironmentsApprovalAndHasNoKeys() throws IOException {
        assertThat(Files.readString(FOLDER.resolve("deploy.yml")))
                .contains("    environment: ${{ inputs.environment || 'staging' }}\n")
                .contains("id-token: write")
                .doesNotContain("secrets.");
    }
}
