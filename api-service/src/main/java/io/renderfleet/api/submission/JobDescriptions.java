package io.renderfleet.api.submission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.jobtype.JobType;
import io.renderfleet.jobtype.JobType.RequestExample;
import io.renderfleet.jobtype.JobTypes;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Discriminator;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Adds the requests for jobs to the OpenAPI document: for each job type, a schema with the common fields and the fields
 * of the type, and the examples of the type.
 */
@Configuration(proxyBeanMethods = false)
class JobDescriptions {
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String TYPE = "type";
    private static final String JSON = org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

    /** The schema of a job of any type. */
    static final String ANY_JOB = SCHEMAS + "AnyJobRequest";

    static final String BATCH = SCHEMAS + "BatchRequest";

    @Bean
    OpenApiCustomizer jobSchemas(JobTypes types) {
        return document -> {
            Schema<Object> any = new Schema<>();
            Discriminator discriminator = new Discriminator().propertyName(TYPE);
            String envelope = SCHEMAS + add(document, JobRequest.class);
            for (JobType<?> type : types.all()) {
                String name = type.name() + "-job";
                Schema<Object> job = new Schema<>();
                job.addAllOfItem(new Schema<>().$ref(envelope));
                job.addAllOfItem(new Schema<>().$ref(SCHEMAS + add(document, type.requestType())));
                document.getComponents().addSchemas(name, job);
                any.addOneOfItem(new Schema<>().$ref(SCHEMAS + name));
                discriminator.mapping(type.name().value(), SCHEMAS + name);
            }
            any.discriminator(discriminator);
            document.getComponents().addSchemas(name(ANY_JOB), any);
            document.getComponents()
                    .addSchemas(
                            name(BATCH),
                            new ObjectSchema()
                                    .addProperty(
                                            "jobs",
                                            new ArraySchema()
                                                    .items(new Schema<>().$ref(ANY_JOB))
                                                    .minItems(1)
                                                    .maxItems(BatchRequest.MAX_JOBS))
                                    .addRequiredItem("jobs"));
            examples(document, types.all());
        };
    }

    private static void examples(OpenAPI document, List<JobType<?>> types) {
        MediaType single = body(document, "/jobs");
        MediaType batch = body(document, "/jobs/batch");
        for (JobType<?> type : types) {
            for (RequestExample example : type.examples()) {
                String name = type.name() + ", " + example.name();
                single.addExamples(name, new Example().value(request(type, example)));
            }
            type.examples().stream()
                    .findFirst()
                    .ifPresent(example -> batch.addExamples(
                            type.name().value(), new Example().value(Map.of("jobs", List.of(request(type, example))))));
        }
    }

    /** The request with its type, which examples of the default type leave out. As JSON: a text would be a string. */
    private static JsonNode request(JobType<?> type, RequestExample example) {
        try {
            ObjectNode request = Json31.mapper().createObjectNode();
            request.put(TYPE, type.name().value());
            request.setAll((ObjectNode) Json31.mapper().readTree(example.json()));
            return request;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("An example of a job type is not JSON", e);
        }
    }

    private static MediaType body(OpenAPI document, String path) {
        PathItem item = Objects.requireNonNull(document.getPaths().get(path), path);
        return Objects.requireNonNull(
                item.getPost().getRequestBody().getContent().get(JSON), JSON);
    }

    /** Adds the schema of a record and of all records in it. */
    private static String add(OpenAPI document, Class<?> type) {
        ResolvedSchema resolved =
                ModelConverters.getInstance(true).resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(false));
        resolved.referencedSchemas.forEach(document.getComponents()::addSchemas);
        return resolved.schema.getName();
    }

    private static String name(String reference) {
        return reference.substring(SCHEMAS.length());
    }
}
