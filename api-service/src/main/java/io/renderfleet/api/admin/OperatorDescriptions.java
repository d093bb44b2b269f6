package io.renderfleet.api.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.identity.Callers;
import io.renderfleet.identity.Caller;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.core.util.Yaml31;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springdoc.webmvc.api.OpenApiResource;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Leaves the operations for operators out of the OpenAPI document of a caller who is not an operator, with the
 * schemas that only they use. Swagger UI shows that document.
 */
@RestControllerAdvice(assignableTypes = OpenApiResource.class)
class OperatorDescriptions implements ResponseBodyAdvice<byte[]> {
    private static final String SCHEMA = "#/components/schemas/";

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
        return returnType.getParameterType() == byte[].class;
    }

    @Override
    public byte @Nullable [] beforeBodyWrite(
            byte @Nullable [] body,
            MethodParameter returnType,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converterType,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        Caller caller =
                request instanceof ServletServerHttpRequest servlet ? Callers.of(servlet.getServletRequest()) : null;
        boolean isOperator = caller != null && caller.operator();
        if (body == null || isOperator) {
            return body;
        }
        ObjectMapper mapper = request.getURI().getPath().endsWith(".yaml") ? Yaml31.mapper() : Json31.mapper();
        try {
            return mapper.writeValueAsBytes(forUsers(mapper.readTree(body)));
        } catch (IOException e) {
            throw new UncheckedIOException("The OpenAPI document of this service could not be read", e);
        }
    }

    private static JsonNode forUsers(JsonNode document) {
        if (document.path("paths") instanceof ObjectNode paths) {
            paths.remove(paths.properties().stream()
                    .map(Map.Entry::getKey)
                    .filter(path -> path.startsWith("/admin/") || path.startsWith("/alerts/rules"))
                    .toList());
            if (document.at("/components/schemas") instanceof ObjectNode schemas) {
                schemas.retain(used(paths, schemas));
            }
        }
        return document;
    }

    /** The schemas to which the paths refer, directly or through other schemas. */
    private static Set<String> used(JsonNode paths, ObjectNode schemas) {
        Set<String> used = new HashSet<>();
        Deque<JsonNode> left = new ArrayDeque<>();
        left.add(paths);
        while (!left.isEmpty()) {
            references(left.remove(), name -> {
                if (used.add(name)) {
                    left.add(schemas.path(name));
                }
            });
        }
        return used;
    }

    /** References are the texts of {@code $ref} and of discriminators. */
    private static void references(JsonNode node, Consumer<String> found) {
        if (node.isTextual() && node.textValue().startsWith(SCHEMA)) {
            found.accept(node.textValue().substring(SCHEMA.length()));
        }
        node.forEach(child -> references(child, found));
    }
}
