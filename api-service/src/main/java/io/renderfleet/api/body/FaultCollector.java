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

/** Notes what does not fit and lets Jackson go on, so that a client learns of everything at once. */
final class FaultCollector extends DeserializationProblemHandler {
    /** The attribute with the names that the body may have besides those of its record. */
    static final String ALSO_KNOWN = "alsoKnown";

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
            if (context.getAttribute(ALSO_KNOWN) instanceof Collection<?> more) {
                more.forEach(one -> known.add(String.valueOf(one)));
            }
        }
        Faults.skip(context, parser, "is unknown; known are " + String.join(", ", known));
        return true;
    }

    @Override
    public @Nullable Object handleUnexpectedToken(
            DeserializationContext context, JavaType target, JsonToken token, JsonParser parser, String failure)
            throws IOException {
        Faults.skip(context, parser, Faults.wanted(kind(target), parser));
        return null;
    }

    /** A scalar where something with parts is wanted. */
    @Override
    public @Nullable Object handleMissingInstantiator(
            DeserializationContext context,
            Class<?> type,
            ValueInstantiator instantiator,
            JsonParser parser,
            String message)
            throws IOException {
        Faults.skip(context, parser, Faults.wanted(kind(context.constructType(type)), parser));
        return null;
    }

    @Override
    public @Nullable Object handleWeirdStringValue(
            DeserializationContext context, Class<?> target, String value, String failure) throws IOException {
        Faults.add(context, Faults.path(context.getParser().getParsingContext()), wanted(target));
        return null;
    }

    @Override
    public @Nullable Object handleWeirdNumberValue(
            DeserializationContext context, Class<?> target, Number value, String failure) throws IOException {
        Faults.add(context, Faults.path(context.getParser().getParsingContext()), wanted(target));
        return null;
    }

    /** A record that refuses its own components. */
    @Override
    public @Nullable Object handleInstantiationProblem(
            DeserializationContext context, Class<?> type, @Nullable Object argument, Throwable failure)
            throws IOException {
        String message = failure instanceof IllegalArgumentException && failure.getMessage() != null
                ? failure.getMessage()
                : "has values that cannot be used together";
        Faults.add(context, Faults.path(context.getParser().getParsingContext()), message);
        return null;
    }

    private static String wanted(Class<?> target) {
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
