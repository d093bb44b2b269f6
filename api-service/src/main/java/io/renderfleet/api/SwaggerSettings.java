package io.renderfleet.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springdoc.webmvc.ui.SwaggerConfigResource;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Leaves the address of the OAuth 2 page out of the settings of Swagger UI: springdoc makes it from the {@code Host}
 * header of the request, and this API does not use OAuth 2.
 */
@RestControllerAdvice(assignableTypes = SwaggerConfigResource.class)
class SwaggerSettings implements ResponseBodyAdvice<Map<String, Object>> {

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
        return Map.class.isAssignableFrom(returnType.getParameterType());
    }

    @Override
    public @Nullable Map<String, Object> beforeBodyWrite(
            @Nullable Map<String, Object> body,
            MethodParameter returnType,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converterType,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (body == null) {
            return null;
        }
        Map<String, Object> settings = new LinkedHashMap<>(body);
        settings.remove("oauth2RedirectUrl");
        return settings;
    }
}
