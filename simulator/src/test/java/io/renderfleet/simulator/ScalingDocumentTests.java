package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

/** When one of these fails after a change of the template or of the simulation: {@code make bench-scaling}. */
class ScalingDocumentTests {
    private final Path root = Project.root();
    private final ScalingSettings settings = Project.settings();

    @Test
    void showsTheTablesThatTheSimulationGives() throws IOException {
        String document = Files.readString(root.resolve(ScalingDocument.PATH));

        assertThat(ScalingDocument.updated(
                        document,
                        Comparison.text(settings, ScalingDocument.SEED),
                        Variants.text(settings, ScalingDocument.SEED)))
                .isEqualTo(document);
    }

    @Test
    void showsThePicturesThatTheSimulationGives() throws IOException {
        String document = Files.readString(root.resolve(ScalingDocument.PATH));
        for (Map.Entry<String, String> picture :
                ScalingDocument.pictures(settings).entrySet()) {
            assertThat(root.resolve(picture.getKey())).hasContent(picture.getValue());
            assertThat(document).contains("](" + picture.getKey().replace("docs/", "") + ")");
            assertThatCode(() -> DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new ByteArrayInputStream(picture.getValue().getBytes(StandardCharsets.UTF_8))))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void namesTheDefaultsAsTheTemplateHasThem() throws IOException {
        assertThat(Files.readString(root.resolve(ScalingDocument.PATH)))
                .contains("`BacklogPerTask` %.0f".formatted(settings.backlogPerTask()))
                .contains("`ScaleOutCooldown` " + settings.scaleOutCooldown())
                .contains("`ScaleInCooldown` " + settings.scaleInCooldown())
                .contains("`WakeCooldown` " + settings.wake().cooldown())
                .contains("`MinTasks` " + settings.minTasks())
                .contains("`MaxTasks` " + settings.maxTasks());
    }

    @Test
    void onlyTheBlockIsReplaced() {
        assertThat(GeneratedBlock.replaced("a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n", "x", "new\n"))
                .isEqualTo("a\n<!-- begin x -->\n\n```\nnew\n```\n\n<!-- end x -->\nb\n");
    }

    @Test
    void aDocumentWithoutTheBlockIsRefused() {
        assertThatThrownBy(() -> GeneratedBlock.replaced("a\n", "x", "new"))
                .isInstanceOf(SimulationException.class)
                .hasMessageContaining("<!-- begin x -->");
    }
}
