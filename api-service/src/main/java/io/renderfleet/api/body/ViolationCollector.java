package io.renderfleet.api.body;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Records values that cannot be bound and lets Jackson continue, so that a client gets all violations at once. */
final class ViolationCollector extends DeserializationProblemHandler {
    /** The context attribute with the fields that a body may have in addition to those of its record. */
    static final String OTHER_FIELDS = "otherFields";

    @Override
    public boolean handleUnknownProperty(
            DeserializationContext context,
            JsonParser parser,
            JsonDeserializer<?> deserializer,
            Object beanOrClass,
            String name)
            throws IOException {
        Set<String> known = new TreeSet<>();
        Collection<Object> names = deserializer.getKnownPropertyNames();
        if (names != null) {
            names.forEach(one -> known.add(String.valueOf(one)));
        }
        JsonStreamContext at = parser.getParsingContext();
        if (at.getParent() == null || at.getParent().inRoot()) {
            if (context.getAttribute(OTHER_FIELDS) instanceof Collection<?> more) {
                more.forEach(one -> known.add(String.valueOf(one)));
            }
        }
        JsonViolations.skip(context, parser, "is unknown; use one of " + String.join(", ", known));
        return true;
    }

    @Override
    public @Nullable Object handleUnexpectedToken(
            DeserializationContext context, JavaType target, JsonToken token, JsonParser parser, String failure)
            throws IOException {
        JsonViolations.skip(context, parser, JsonViolations.expected(kind(target), parser));
        return null;
    }

    /** Called for a scalar where an object or an array is expected. */
    @Override
    public @Nullable Object handleMissingInstantiator(
            DeserializationContext context,
            Class<?> type,
            ValueInstantiator instantiator,
            JsonParser parser,
            String message)
            throws IOException {
        JsonViolations.skip(context, parser, JsonViolations.expected(kind(context.constructType(type)), parser));
        return null;
    }

    @Override
    public @Nullable Object handleWeirdStringValue(
            DeserializationContext context, Class<?> target, String value, String failure) throws IOException {
        JsonViolations.add(context, JsonViolations.path(context.getParser().getParsingContext()), expected(target));
        return null;
    }

    @Override
    public @Nullable Object handleWeirdNumberValue(
            DeserializationContext context, Class<?> target, Number value, String failure) throws IOException {
        JsonViolations.add(context, JsonViolations.path(context.getParser().getParsingContext()), expected(target));
        return null;
    }

    /** Called when the constructor of a record throws an exception. */
    @Override
    public @Nullable Object handleInstantiationProblem(
            DeserializationContext context, Class<?> type, @Nullable Object argument, Throwable failure)
            throws IOException {
        String message = failure instanceof IllegalArgumentException && failure.getMessage() != null
                ? failure.getMessage()
                : "has values that cannot be used together";
        JsonViolations.add(context, JsonViolations.path(context.getParser().getParsingContext()), message);
        return null;
    }

    private static String expected(Class<?> target) {
        if (target.isEnum()) {
            return "must be one of "
                    + Arrays.stream(target.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        return "must be a " + target.getSimpleName();
    }

    private static String kind(JavaType target) {
        if (target.isCollectionLikeType() || target.isArrayType()) {
            return "an array";
        }
        return target.isEnumType() ? "a string" : "an object";
    }
}
