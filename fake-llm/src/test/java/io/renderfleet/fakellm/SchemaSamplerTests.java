package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaSamplerTests {
    @Property
    void valuesSatisfyTheSchema(@ForAll long seed) {
        JsonNode value = value(Client.SCHEMA, seed);
        assertThat(value.path("riskLevel").asText()).isIn("low", "medium", "high");
        assertThat(value.path("confidence").isNumber()).isTrue();
        assertThat(value.path("confidence").asDouble()).isBetween(0.0, 1.0);
        assertThat(value.path("description").asText().length()).isBetween(1, 200);
        assertThat(value.path("recommendedAction").isTextual()).isTrue();
        assertThat(value.path("objects").size()).isBetween(1, 2);
        assertThat(value.path("objects"))
                .allSatisfy(each ->
                        assertThat(each.isIntegralNumber() && each.asInt() >= 1).isTrue());
        assertThat(value.path("urgent").isBoolean()).isTrue();
        assertThat(value.size()).isEqualTo(6);
    }

    @Property
    void numbersAreWithinTheirBounds(@ForAll long seed) {
        JsonNode value = value("""
                {"properties": {
                  "a": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.0001},
                  "b": {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 3},
                  "c": {"type": "integer", "maximum": -5},
                  "d": {"type": "integer", "minimum": 1.5, "maximum": 2.5},
                  "e": {"type": "number", "maximum": -5},
                  "f": {"type": ["null", "integer"], "minimum": 7},
                  "g": {"type": "string", "minLength": 500, "maxLength": 501},
                  "h": {"const": [1]},
                  "i": {"type": "null"}}, "required": ["z"]}""", seed);
        assertThat(value.path("a").asDouble()).isGreaterThan(0).isLessThan(0.0001);
        assertThat(value.path("b").asInt()).isEqualTo(2);
        assertThat(value.path("c").isIntegralNumber()).isTrue();
        assertThat(value.path("c").asInt()).isLessThanOrEqualTo(-5);
        assertThat(value.path("d").asInt()).isEqualTo(2);
        assertThat(value.path("e").asDouble()).isLessThanOrEqualTo(-5);
        assertThat(value.path("f").asInt()).isGreaterThanOrEqualTo(7);
        assertThat(value.path("g").asText().length()).isBetween(500, 501);
        assertThat(value.path("h").toString()).isEqualTo("[1]");
        assertThat(value.path("i").isNull()).isTrue();
        assertThat(value.has("z"))
                .as("required, but without a schema of its own")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\": \"#/$defs/a\"}",
                "{\"type\": \"string\", \"pattern\": \"a+\"}",
                "{\"properties\": {\"a\": {\"anyOf\": []}}}",
                "{\"type\": \"file\"}",
                "{\"enum\": []}",
                "{\"properties\": {\"a\": 1}}",
                "{\"type\": \"array\", \"minItems\": 3, \"maxItems\": 2}",
                "{\"type\": \"array\", \"minItems\": 10001}",
                "{\"type\": \"array\", \"minItems\": 200, \"items\": {\"type\": \"array\", \"minItems\": 200}}",
                "{\"type\": \"array\", \"minItems\": 20, \"items\": {\"minLength\": 100000}}",
                "{\"type\": \"integer\", \"minimum\": 1.2, \"maximum\": 1.8}",
                "{\"required\": [\"a\"], \"type\": \"object\", \"additionalProperties\": false}"
            })
    void aSchemaThatIsNotSupportedIsRefused(String schema) {
        assertThatExceptionOfType(ApiError.class)
                .isThrownBy(() -> value(schema, 1))
                .withMessageContaining("Invalid schema for response_format")
                .satisfies(error -> assertThat(error.status()).isEqualTo(400));
    }

    @Test
    void aSchemaThatIsNestedTooDeepIsRefused() {
        String schema = "{\"items\":".repeat(25) + "{}" + "}".repeat(25);
        assertThatExceptionOfType(ApiError.class)
                .isThrownBy(() -> value(schema.replace("\"items\"", "\"minItems\": 1, \"items\""), 1))
                .withMessageContaining("deep");
    }

    private static JsonNode value(String schema, long seed) {
        var sampler = new SchemaSampler(new SplittableRandom(seed), new ProviderErrors(Provider.OPENAI));
        return sampler.value(
                Json.object(schema.getBytes(StandardCharsets.UTF_8)).orElseThrow());
    }
}
