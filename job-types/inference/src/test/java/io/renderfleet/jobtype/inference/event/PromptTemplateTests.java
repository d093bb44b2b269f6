package io.renderfleet.jobtype.inference.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.jobtype.inference.event.PromptTemplate.MissingFieldException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTemplateTests {
    private static String fill(String template) throws Exception {
        JsonMapper mapper = JsonMapper.builder().build();
        JsonNode event = mapper.readTree("{\"cameraId\": \"camera-1\", \"trafficGroups\": [1]}");
        JsonNode group = mapper.readTree("{\"speed\": 62.5, \"position\": {\"lane\": \"left\"}, \"risk\": null}");
        List<String> mistakes = new ArrayList<>();
        PromptTemplate parsed = PromptTemplate.parse(template, mistakes::add);
        assertThat(mistakes).isEmpty();
        return parsed.fill(event, group, mapper.readTree("{\"shown\": true}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Camera {event.cameraId}: {group.speed} km/h | Camera camera-1: 62.5 km/h",
                "{group.position.lane} of {group.position} | left of {'lane':'left'}",
                "{event.trafficGroups}{event} | [1]{'cameraId':'camera-1','trafficGroups':[1]}",
                "Group {group} | Group {'shown':true}",
                "Answer with {'risk': 'low'} or {} or { a } | Answer with {'risk': 'low'} or {} or { a }",
                "{{risk} | {risk}",
                "Nothing | Nothing"
            })
    void fillsInPlaceholdersAndLeavesOtherBraces(String template, String text) throws Exception {
        assertThat(fill(template.replace('\'', '"'))).isEqualTo(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource({"{group.name}", "{group.risk}", "{group.speed.unit}", "{event.timestamp}"})
    void aFieldThatTheEventDoesNotHaveIsNamed(String template) {
        assertThatExceptionOfType(MissingFieldException.class)
                .isThrownBy(() -> fill("Is it " + template + "?"))
                .satisfies(e -> assertThat(e.placeholder()).isEqualTo(template));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{camera.id} | must begin with event or group",
                "{risk} | must begin with event or group",
                "{event.camera} | No event has a field for the placeholder {event.camera}",
                "{event.groupImages} | No event has a field",
                "{event.cameraId.length} | No event has a field",
                "{group.} | must be names joined by dots",
                "{group..speed} | must be names joined by dots",
                "{group[0]} | must be names joined by dots",
                "{group.speed | is not closed",
                "{group speed} | is not closed"
            })
    void aPlaceholderThatNoEventCanFillIsAMistake(String template, String mistake) {
        List<String> mistakes = new ArrayList<>();
        PromptTemplate.parse(template, mistakes::add);
        assertThat(mistakes).singleElement().asString().contains(mistake);
    }

    @Test
    void everyMistakeIsReported() {
        List<String> mistakes = new ArrayList<>();
        PromptTemplate.parse("{a} {b} {event.c} {group..d}", mistakes::add);
        assertThat(mistakes).hasSize(4);
    }
}
