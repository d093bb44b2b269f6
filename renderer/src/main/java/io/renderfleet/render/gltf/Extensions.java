package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.GlTFProperty;
import io.renderfleet.render.InvalidSceneException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON object of an extension, which jgltf represents as maps and lists. */
final class Extensions {
    private final Map<?, ?> values;
    private final String name;

    private Extensions(Map<?, ?> values, String name) {
        this.values = values;
        this.name = name;
    }

    /** The extension of a property, or null when it has none of that name. */
    static @Nullable Extensions of(@Nullable GlTFProperty property, String name) {
        if (property == null || property.getExtensions() == null) {
            return null;
        }
        Object value = property.getExtensions().get(name);
        return value instanceof Map<?, ?> map ? new Extensions(map, name) : null;
    }

    /** An object inside this one, or null. */
    @Nullable
    Extensions object(String key) {
        return values.get(key) instanceof Map<?, ?> map ? new Extensions(map, name) : null;
    }

    /** The elements of an array. Elements that are not objects are returned as empty objects. */
    List<Extensions> objects(String key) {
        return values.get(key) instanceof List<?> list
                ? list.stream()
                        .map(item -> new Extensions(item instanceof Map<?, ?> map ? map : Map.of(), name))
                        .toList()
                : List.of();
    }

    float number(String key, float otherwise) {
        Object value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Number number)) {
            throw malformed(key);
        }
        return Checks.finite(number.floatValue(), name + " " + key);
    }

    @Nullable
    Integer index(String key) {
        Object value = values.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Integer index)) {
            throw malformed(key);
        }
        return index;
    }

    String text(String key) {
        return values.get(key) instanceof String text ? text : "";
    }

    float[] numbers(String key, float... otherwise) {
        Object value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof List<?> list) || list.size() != otherwise.length) {
            throw malformed(key);
        }
        float[] numbers = new float[otherwise.length];
        for (int i = 0; i < numbers.length; i++) {
            if (!(list.get(i) instanceof Number number)) {
                throw malformed(key);
            }
            numbers[i] = Checks.finite(number.floatValue(), name + " " + key);
        }
        return numbers;
    }

    private InvalidSceneException malformed(String key) {
        return new InvalidSceneException(
                "malformed-json", "The extension " + name + " has a " + key + " of the wrong type.");
    }
}
