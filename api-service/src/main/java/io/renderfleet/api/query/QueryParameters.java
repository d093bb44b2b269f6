package io.renderfleet.api.query;

import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Refuses query parameters that an operation does not have or that are given more than once. A misspelt filter that was
 * ignored would return more than the client asked for. The parameters of an operation are those that it declares with
 * {@link RequestParam}, the components of a record that is its {@link ParameterObject}, those that its
 * {@link Operation} describes, and those of {@link FilteredBySubject}. A parameter that is described as an array may be
 * repeated. This check runs after the check that the caller is an operator.
 */
@Component
class QueryParameters implements HandlerInterceptor, WebMvcConfigurer {
    private static final String BASE_PACKAGE = "io.renderfleet.";

    private final DefaultParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();
    private final JobTypes types;

    QueryParameters(JobTypes types) {
        this.types = types;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).order(Ordered.LOWEST_PRECEDENCE);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String query = request.getQueryString();
        if (query != null
                && request.getDispatcherType() == DispatcherType.REQUEST
                && handler instanceof HandlerMethod method
                && method.getBeanType().getName().startsWith(BASE_PACKAGE)) {
            check(query, known(method), repeatable(method));
        }
        return true;
    }

    private static void check(String query, Set<String> known, Set<String> repeatable) {
        Violations violations = new Violations();
        // Compares decoded names, so that two encodings of one name count as a repetition.
        Set<String> given = new HashSet<>();
        for (Map.Entry<String, List<String>> parameter : UriComponentsBuilder.newInstance()
                .query(query)
                .build()
                .getQueryParams()
                .entrySet()) {
            String name = decoded(parameter.getKey());
            if (!known.contains(name)) {
                violations.add(
                        name,
                        known.isEmpty()
                                ? "is unknown; this request takes no query parameters"
                                : "is unknown; use one of " + String.join(", ", known));
            } else if (!repeatable.contains(name) && (parameter.getValue().size() > 1 || !given.add(name))) {
                violations.add(name, "must be given once");
            }
        }
        violations.throwIfAny();
    }

    private Set<String> known(HandlerMethod method) {
        Set<String> known = new LinkedHashSet<>();
        for (MethodParameter parameter : method.getMethodParameters()) {
            RequestParam declared = parameter.getParameterAnnotation(RequestParam.class);
            if (declared != null) {
                parameter.initParameterNameDiscovery(names);
                String name = declared.name().isEmpty() ? parameter.getParameterName() : declared.name();
                if (name != null) {
                    known.add(name);
                }
            } else if (parameter.hasParameterAnnotation(ParameterObject.class)) {
                Arrays.stream(parameter.getParameterType().getRecordComponents())
                        .forEach(component -> known.add(component.getName()));
            }
        }
        Operation described = method.getMethodAnnotation(Operation.class);
        if (described != null) {
            for (Parameter parameter : described.parameters()) {
                if (parameter.in() == ParameterIn.QUERY) {
                    known.add(parameter.name());
                }
            }
        }
        if (method.hasMethodAnnotation(FilteredBySubject.class)) {
            known.addAll(types.subjectFields());
        }
        return known;
    }

    /** The parameters that are described as arrays: each element is a parameter of its own. */
    private static Set<String> repeatable(HandlerMethod method) {
        Operation described = method.getMethodAnnotation(Operation.class);
        return described == null
                ? Set.of()
                : Arrays.stream(described.parameters())
                        .filter(parameter -> parameter.in() == ParameterIn.QUERY
                                && !parameter.array().schema().type().isEmpty())
                        .map(Parameter::name)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** The decoded name; a name that is not correctly encoded is returned as it is and is then unknown. */
    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
