package io.renderfleet.api.problem;

import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;

/** Adds the problems that each operation can answer with to the OpenAPI document, each with an example. */
@Configuration(proxyBeanMethods = false)
class ProblemDescriptions {
    private static final String SCHEMA = "#/components/schemas/Problem";

    /** The problems of every operation. */
    private static final List<ProblemType> ALWAYS = List.of(
            ProblemType.TOKEN_REQUIRED,
            ProblemType.INVALID_TOKEN,
            ProblemType.ROLE_REQUIRED,
            ProblemType.OTHER_USER,
            ProblemType.CROSS_SITE_REQUEST,
            ProblemType.NOT_ACCEPTABLE,
            ProblemType.INTERNAL_ERROR,
            ProblemType.STORAGE_UNAVAILABLE,
            ProblemType.ISSUER_UNAVAILABLE);

    /** The schema of problem details, used only for the OpenAPI document. */
    @io.swagger.v3.oas.annotations.media.Schema(name = "Problem", description = "RFC 9457 problem details.")
    record Problem(
            @io.swagger.v3.oas.annotations.media.Schema(
                    requiredMode = RequiredMode.REQUIRED,
                    description = "A stable identifier of the kind of problem. Compare this field in code.",
                    example = "urn:renderfleet:problem:invalid-request")
            URI type,

            @io.swagger.v3.oas.annotations.media.Schema(requiredMode = RequiredMode.REQUIRED)
            String title,

            @io.swagger.v3.oas.annotations.media.Schema(requiredMode = RequiredMode.REQUIRED, example = "400")
            int status,

            @io.swagger.v3.oas.annotations.media.Schema(
                    description = "What is wrong with this request, and what to do about it.")
            String detail,

            @io.swagger.v3.oas.annotations.media.Schema(format = "uri-reference", example = "/jobs")
            URI instance,

            @io.swagger.v3.oas.annotations.media.Schema(description = "The fields that are not valid, all at once.")
            @Nullable
            List<FieldError> errors,

            @io.swagger.v3.oas.annotations.media.Schema(
                    description =
                            "Identifies the request in the logs of the service. Only for server errors; quote it in a"
                                    + " report.")
            @Nullable
            String traceId) {}

    @Bean
    OpenApiCustomizer problemSchema() {
        return document ->
                ModelConverters.getInstance(true).readAll(Problem.class).forEach(document.getComponents()::addSchemas);
    }

    @Bean
    OperationCustomizer problemResponses(JobTypes jobTypes) {
        Map<String, ProblemType> known = new HashMap<>();
        Stream.concat(ProblemType.GENERAL.stream(), jobTypes.all().stream().flatMap(type -> type.problems().stream()))
                .forEach(type -> known.putIfAbsent(type.code(), type));
        return (Operation operation, HandlerMethod method) -> {
            Map<Integer, List<ProblemType>> byStatus = new LinkedHashMap<>();
            List<ProblemType> types = new ArrayList<>(ALWAYS);
            Refuses refuses = method.getMethodAnnotation(Refuses.class);
            if (refuses != null) {
                for (String code : refuses.value()) {
                    types.add(Objects.requireNonNull(
                            known.get(code), () -> method + " refers to an unknown problem type: " + code));
                }
                if (refuses.byJobTypes()) {
                    jobTypes.all().forEach(type -> types.addAll(type.submissionProblems()));
                }
            }
            types.forEach(type -> byStatus.computeIfAbsent(type.status().value(), status -> new ArrayList<>())
                    .add(type));
            byStatus.forEach((status, problems) ->
                    operation.getResponses().addApiResponse(status.toString(), response(problems)));
            operation
                    .getResponses()
                    .values()
                    .forEach(response -> response.addHeaderObject(
                            Trace.HEADER,
                            new Header()
                                    .description("The W3C trace context of the request: the client's, or a new one.")
                                    .schema(new StringSchema())));
            // An annotation without a schema gives the header none, which the specification does not allow.
            operation.getResponses().values().stream()
                    .flatMap(response -> response.getHeaders().values().stream())
                    .filter(header -> header.getSchema() == null && header.getContent() == null)
                    .forEach(header -> header.setSchema(new StringSchema()));
            return operation;
        };
    }

    private static ApiResponse response(List<ProblemType> types) {
        MediaType json = new MediaType().schema(new Schema<>().$ref(SCHEMA));
        types.forEach(type -> json.addExamples(type.uri().toString(), new Example().value(example(type))));
        ApiResponse response = new ApiResponse()
                .description(
                        String.join("; ", types.stream().map(ProblemType::title).toList()))
                .content(new Content()
                        .addMediaType(org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE, json));
        int status = types.getFirst().status().value();
        if (status == 429 || status == 503) {
            response.addHeaderObject(
                    "Retry-After",
                    new Header()
                            .description("The number of seconds to wait before sending the request again.")
                            .schema(new IntegerSchema()));
        }
        return response;
    }

    private static Map<String, Object> example(ProblemType type) {
        Map<String, Object> example = new LinkedHashMap<>();
        example.put("type", type.uri().toString());
        example.put("title", type.title());
        example.put("status", type.status().value());
        if (type.equals(ProblemType.INVALID_REQUEST)) {
            example.put("errors", List.of(Map.of("field", "camera.fov", "message", "must be from 1 to 179")));
        }
        return example;
    }
}
