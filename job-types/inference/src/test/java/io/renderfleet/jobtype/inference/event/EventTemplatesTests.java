package io.renderfleet.jobtype.inference.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.jobtype.inference.settings.TestSettings;
import io.renderfleet.start.CannotStartException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventTemplatesTests {
    @Test
    void readsATemplateWithItsDefaults(@TempDir Path directory) throws Exception {
        Path schema = Files.writeString(directory.resolve("risk.json"), "{\"type\": \"object\"}");

        EventTemplates templates = new EventTemplates(TestSettings.settings(
                "templates.risk.model", "assessment",
                "templates.risk.prompt", "Assess {group}",
                "templates.risk.schema", "file:" + schema));

        assertThat(templates.only()).isPresent();
        assertThat(templates.find("risk")).hasValueSatisfying(template -> {
            assertThat(template.settings().answerWithin()).hasSeconds(10);
            assertThat(template.settings().maxAge()).hasHours(1);
            assertThat(template.settings().id()).isEqualTo("groupId");
            assertThat(template.schema()).hasToString("{\"type\":\"object\"}");
        });
        assertThat(templates.find("weather")).isEmpty();
    }

    @Test
    void namesEveryMistakeAtTheStart(@TempDir Path directory) {
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> new EventTemplates(TestSettings.settings(
                        "templates.risk.model", "gpt",
                        "templates.risk.prompt", "Assess {grup.type} of {event.place}",
                        "templates.risk.schema", "{\"type\": 3}",
                        "templates.risk.fields", "type",
                        "templates.risk.answer-within", "2d",
                        "templates.risk.max-age", "0s",
                        "templates.risk.user", " ",
                        "templates.weather.schema", "{\"type\": ",
                        "templates.fog.model", "assessment",
                        "templates.fog.prompt", "Is there fog?",
                        "templates.fog.schema", "file:" + directory.resolve("none.json"),
                        "templates.Rain_1.model", "assessment",
                        "templates.Rain_1.prompt", "Does it rain?")))
                .satisfies(e -> assertThat(e.getMessage())
                        .contains(
                                "templates.risk.model: gpt; the models of renderfleet.inference.pools are assessment.")
                        .contains("templates.risk.prompt: The placeholder {grup.type} must begin with event or group.")
                        .contains("templates.risk.prompt: No event has a field for the placeholder {event.place}.")
                        .contains("templates.risk.schema: must be a JSON schema")
                        .contains("templates.risk.fields: has no effect")
                        .contains("templates.risk.answer-within: must be 100ms to 24h")
                        .contains("templates.risk.max-age: must be 1s to 30d")
                        .contains("templates.risk.user: must be 1 to 128 printable characters.")
                        .contains("templates.weather.model: is required")
                        .contains("templates.weather.prompt: is required")
                        .contains("templates.weather.schema: must be the JSON of a schema, or file:")
                        .contains("templates.fog.schema: the file cannot be read")
                        .contains("templates.Rain_1: the name of a template must be 1 to 40 of a-z, 0-9 and -.")
                        .satisfies(message -> assertThat(message.lines()).hasSize(14)));
    }
}
