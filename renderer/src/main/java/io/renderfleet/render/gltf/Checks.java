package io.renderfleet.render.gltf;

import io.renderfleet.render.InvalidSceneException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks of references and numbers in a file, with errors that describe what is invalid. */
final class Checks {

    private Checks() {}

    /** The element of a list at an index that the file contains. */
    static <T> T element(@Nullable List<T> list, @Nullable Integer index, String what) {
        if (index == null) {
            throw new InvalidSceneException(
                    "missing-reference", "The glTF lacks an index where it needs " + what + ".");
        }
        if (list == null || index < 0 || index >= list.size() || list.get(index) == null) {
            throw new InvalidSceneException(
                    "missing-reference",
                    "The glTF refers to " + what + " " + index + ", but has " + (list == null ? 0 : list.size())
                            + " of them.");
        }
        return list.get(index);
    }

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    static float finite(float value, String what) {
        if (!Float.isFinite(value)) {
            throw new InvalidSceneException("invalid-number", "The glTF's " + what + " is not a finite number.");
        }
        return value;
    }
}
