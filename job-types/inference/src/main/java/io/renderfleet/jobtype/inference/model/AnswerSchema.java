package io.renderfleet.jobtype.inference.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A JSON schema (draft 2020-12) that the answer to a task must satisfy. References to other documents are not resolved,
 * and regular expressions are not accepted, because some take hours for a short answer.
 *
 * <p>Thread-safe.
 */
public final class AnswerSchema {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_REASONS = 3;

    /** The content of a fenced code block, with or without the name of a language. */
    private static final Pattern FENCED = Pattern.compile("```[A-Za-z]{0,20}\\s*\\n(.*?)```", Pattern.DOTALL);

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDialect(
            Dialects.getDraft202012(),
            registry -> registry.schemaCacheEnabled(false)
                    .schemaLoader(loader -> loader.fetchRemoteResources(false))
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .preloadSchema(true)
                            .regularExpressionFactory(expression -> {
                                throw new IllegalArgumentException("regular expressions are not accepted");
                            })
                            .build()));

    /** Validates schemas themselves. It has regular expressions of its own, which are harmless. */
    private static final Schema META = SchemaRegistry.withDialect(Dialects.getDraft202012())
            .getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));

    private final Schema schema;

    /** @throws IllegalArgumentException if the schema cannot be used; {@link #fault} says why */
    public AnswerSchema(JsonNode schema) {
        try {
            this.schema = REGISTRY.getSchema(schema);
            this.schema.initializeValidators();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("the schema cannot be used", e);
        }
    }

    /** What is wrong with a schema, to follow the name of its field; empty if nothing is. */
    public static Optional<String> fault(JsonNode schema) {
        if (!schema.isObject()) {
            return Optional.of("must be a JSON schema, which is an object");
        }
        List<Error> errors = META.validate(schema);
        if (!errors.isEmpty()) {
            return Optional.of("must be a JSON schema (draft 2020-12): " + errors.getFirst());
        }
        if (hasExpression(schema)) {
            return Optional.of("must not have regular expressions (pattern, patternProperties); check texts yourself");
        }
        try {
            new AnswerSchema(schema);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("must not refer to other documents, or to parts of itself that do not exist");
        }
    }

    private static boolean hasExpression(JsonNode schema) {
        if (schema.isArray()) {
            return schema.valueStream().anyMatch(AnswerSchema::hasExpression);
        }
        return schema.propertyStream().anyMatch(keyword -> switch (keyword.getKey()) {
            case "pattern", "patternProperties" -> true;
            case "enum", "const", "default", "examples" -> false;
            case "properties", "$defs", "definitions", "dependentSchemas" ->
                keyword.getValue().valueStream().anyMatch(AnswerSchema::hasExpression);
            default -> hasExpression(keyword.getValue());
        });
    }

    /** What an answer is, compared with the schema. */
    public sealed interface Reading {
        /** The answer satisfies the schema. */
        record Valid(JsonNode value) implements Reading {}

        /**
         * The answer is not JSON, or does not satisfy the schema.
         *
         * @param reason what is wrong, for a second question to the model
         */
        record Invalid(String reason) implements Reading {}
    }

    /** Reads an answer: JSON, also within a fenced code block, as models often write it. */
    public Reading read(String answer) {
        JsonNode value;
        try {
            value = MAPPER.readTree(json(answer));
        } catch (JsonProcessingException e) {
            return new Reading.Invalid("The answer is not JSON.");
        }
        List<Error> errors = schema.validate(value);
        return errors.isEmpty()
                ? new Reading.Valid(value)
                : new Reading.Invalid(errors.stream()
                        .limit(MAX_REASONS)
                        .map(Error::toString)
                        .collect(Collectors.joining("; ", "The answer does not satisfy the schema: ", ".")));
    }

    private static String json(String answer) {
        Matcher fenced = FENCED.matcher(answer);
        return fenced.find() ? fenced.group(1) : answer.strip();
    }
}
