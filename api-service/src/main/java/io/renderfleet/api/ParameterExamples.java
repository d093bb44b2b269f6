package io.renderfleet.api;

import io.swagger.v3.oas.models.media.UUIDSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Completes the parameters of the OpenAPI document that many operations have: examples, and the format of ids. Examples of
 * other parameters, and those of bodies, are beside their operations. Together they are requests that succeed, which a test
 * executes.
 */
@Configuration(proxyBeanMethods = false)
class ParameterExamples {
    private static final String USER = "userId";
    private static final String USER_EXAMPLE = "user-1";

    /** The variables of paths. */
    private static final Map<String, String> EXAMPLES = Map.of(
            "jobId", "6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31",
            "batchId", "0d5f3c9e-2b1a-4c6d-8e7f-9a0b1c2d3e4f",
            "designId", "my-chair",
            "regionId", "us-east-1",
            "pool", "main",
            "id", "a");

    private static final Set<String> UUIDS = Set.of("jobId", "batchId");

    @Bean
    OpenApiCustomizer examplesOfParameters() {
        return document -> document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .flatMap(operation -> operation.getParameters() == null
                        ? List.<Parameter>of().stream()
                        : operation.getParameters().stream())
                .filter(parameter -> parameter.getExample() == null)
                .forEach(ParameterExamples::add);
    }

    private static void add(Parameter parameter) {
        if (parameter.getName().equals(USER)) {
            parameter.setExample(USER_EXAMPLE);
        } else if ("path".equals(parameter.getIn()) && EXAMPLES.containsKey(parameter.getName())) {
            parameter.setExample(EXAMPLES.get(parameter.getName()));
            if (UUIDS.contains(parameter.getName())) {
                // As in the answers: a generated client would otherwise refuse the id that it has just received.
                // Parameters share their schemas, so this is a new one.
                parameter.setSchema(new UUIDSchema());
            }
        }
    }
}
