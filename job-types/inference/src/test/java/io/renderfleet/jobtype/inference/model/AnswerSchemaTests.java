package io.renderfleet.jobtype.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.jobtype.inference.model.AnswerSchema.Reading;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerSchemaTests {
    private static final JsonNode RISK = json("""
            {"type": "object", "required": ["risk"], "additionalProperties": false,
             "properties": {"risk": {"enum": ["low", "high"]}, "note": {"type": "string", "maxLength": 20}}}""");

    private final AnswerSchema schema = new AnswerSchema(RISK);

    static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"risk\": \"low\"}",
                "  {\"risk\": \"low\"}\n",
                "```json\n{\"risk\": \"low\"}\n```",
                "Here it is:\n```\n{\"risk\": \"low\"}```\nAnything else?"
            })
    void findsTheAnswerAlsoInAFencedBlock(String answer) {
        assertThat(schema.read(answer)).isEqualTo(new Reading.Valid(json("{\"risk\": \"low\"}")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Low, I think. | not JSON",
                "{\"risk\": | not JSON",
                "{\"risk\": \"low\"} {\"risk\": \"high\"} | not JSON",
                "{\"risk\": \"none\"} | risk",
                "{} | risk",
                "{\"risk\": \"low\", \"key\": \"sk-1\"} | key"
            })
    void saysWhatIsWrong(String answer, String reason) {
        assertThat(schema.read(answer))
                .isInstanceOfSatisfying(
                        Reading.Invalid.class,
                        invalid -> assertThat(invalid.reason()).contains(reason));
    }

    @Test
    void refusesDeepAnswersWithoutReadingThem() {
        assertThat(schema.read("[".repeat(10_000))).isInstanceOf(Reading.Invalid.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | object",
                "{\"type\": \"objekt\"} | type",
                "{\"properties\": 3} | properties",
                "{\"pattern\": \"(a+)+$\"} | regular expressions",
                "{\"patternProperties\": {\"^x\": {}}} | regular expressions",
                "{\"properties\": {\"a\": {\"pattern\": \"(a+)+$\"}}} | regular expressions",
                "{\"$ref\": \"http://169.254.169.254/schema\"} | other documents",
                "{\"$ref\": \"#/$defs/missing\"} | do not exist"
            })
    void saysWhatIsWrongWithASchema(String schema, String fault) {
        assertThat(AnswerSchema.fault(json(schema))).get().asString().contains(fault);
    }

    @Test
    void acceptsFieldsAndValuesThatHaveTheNamesOfKeywords() {
        assertThat(
                        AnswerSchema.fault(
                                json(
                                        "{\"properties\": {\"pattern\": {\"enum\": [{\"pattern\": 1}]}}, \"required\": [\"pattern\"]}")))
                .isEmpty();
    }

    @Test
    void acceptsReferencesInsideTheSchema() {
        JsonNode inner = json("{\"$defs\": {\"level\": {\"enum\": [1, 2]}}, \"$ref\": \"#/$defs/level\"}");
        assertThat(AnswerSchema.fault(inner)).isEmpty();
        assertThat(new AnswerSchema(inner).read("2")).isInstanceOf(Reading.Valid.class);
        assertThat(new AnswerSchema(inner).read("3")).isInstanceOf(Reading.Invalid.class);
    }

    @Test
    @Timeout(10)
    void aSchemaThatRefersToItselfEnds() {
        JsonNode list = json("{\"type\": \"object\", \"properties\": {\"next\": {\"$ref\": \"#\"}}}");
        assertThat(AnswerSchema.fault(list)).isEmpty();
        assertThat(new AnswerSchema(list).read("{\"next\": {\"next\": 3}}")).isInstanceOf(Reading.Invalid.class);
    }
}
