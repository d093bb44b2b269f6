package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.Accessor;
import de.javagl.jgltf.impl.v2.AccessorSparse;
import de.javagl.jgltf.impl.v2.GlTF;
import de.javagl.jgltf.model.GltfConstants;
import io.renderfleet.render.InvalidSceneException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Reads accessors and validates that all their bytes exist. */
final class Accessors {
    private final GlTF gltf;
    private final Buffers buffers;
    private final Budget budget;
    private final Map<Integer, AccessorData> opened = new HashMap<>();
    private final Map<Integer, Long> largest = new HashMap<>();
    private final Set<Integer> finite = new HashSet<>();

    Accessors(GlTF gltf, Buffers buffers, Budget budget) {
        this.gltf = gltf;
        this.buffers = buffers;
        this.budget = budget;
    }

    /** The number of elements that an accessor declares; nothing of it has been checked. */
    int declaredCount(int index) {
        return Checks.orZero(
                Checks.element(gltf.getAccessors(), index, "accessor").getCount());
    }

    /** Checks once for each accessor that its positions are finite numbers. */
    void requireFinite(int index, AccessorData positions, String where) {
        if (!finite.add(index)) {
            return;
        }
        budget.takeWork(3L * Float.BYTES * positions.count());
        for (int i = 0; i < positions.count(); i++) {
            budget.poll();
            for (int axis = 0; axis < 3; axis++) {
                if (!Float.isFinite(positions.number(i, axis))) {
                    throw new InvalidSceneException(
                            "invalid-geometry",
                            where + " has a position that is not a finite number, at vertex " + i + ".");
                }
            }
        }
    }

    /** The largest index of an accessor, which is searched once. */
    long largestIndex(int index, AccessorData indices) {
        return largest.computeIfAbsent(index, same -> {
            budget.takeWork((long) Integer.BYTES * indices.count());
            long found = 0;
            for (int i = 0; i < indices.count(); i++) {
                budget.poll();
                found = Math.max(found, indices.index(i));
            }
            return found;
        });
    }

    AccessorData open(int index) {
        AccessorData known = opened.get(index);
        if (known == null) {
            known = read(index, Checks.element(gltf.getAccessors(), index, "accessor"));
            opened.put(index, known);
        }
        return known;
    }

    private AccessorData read(int index, Accessor accessor) {
        int count = Checks.orZero(accessor.getCount());
        int type = Checks.orZero(accessor.getComponentType());
        int components = components(accessor.getType());
        int bytesEach = AccessorData.componentBytes(type) * components;
        if (count < 1 || bytesEach == 0) {
            throw new InvalidSceneException(
                    "invalid-accessor", "Accessor " + index + " has no elements or a type glTF does not have.");
        }
        boolean normalized = Boolean.TRUE.equals(accessor.isNormalized());
        AccessorSparse sparse = accessor.getSparse();
        AccessorData base;
        if (accessor.getBufferView() == null) {
            budget.requireStored(index, count);
            base = new AccessorData(null, 0, bytesEach, count, components, type, normalized);
        } else {
            base = within(
                    index,
                    accessor.getBufferView(),
                    Checks.orZero(accessor.getByteOffset()),
                    new AccessorData(null, 0, bytesEach, count, components, type, normalized));
        }
        return sparse == null ? base : overlaid(index, base, bytesEach, sparse);
    }

    /** Places a shape over a buffer view, if it fits there. */
    private AccessorData within(int index, int viewIndex, long offset, AccessorData shape) {
        ByteBuffer view = buffers.view(viewIndex);
        int bytesEach = shape.stride();
        int stride = buffers.stride(viewIndex) == 0 ? bytesEach : buffers.stride(viewIndex);
        long end = offset + (long) stride * (shape.count() - 1) + bytesEach;
        if (offset < 0 || stride < bytesEach || end > view.limit()) {
            throw new InvalidSceneException(
                    "accessor-out-of-bounds",
                    "Accessor " + index + " reaches beyond its buffer view: it needs " + end + " bytes of "
                            + view.limit() + ".");
        }
        return new AccessorData(
                view,
                (int) offset,
                stride,
                shape.count(),
                shape.components(),
                shape.componentType(),
                shape.normalized());
    }

    private AccessorData overlaid(int index, AccessorData base, int bytesEach, AccessorSparse sparse) {
        int replaced = Checks.orZero(sparse.getCount());
        if (replaced < 1 || replaced > base.count() || sparse.getIndices() == null || sparse.getValues() == null) {
            throw new InvalidSceneException(
                    "invalid-accessor", "The sparse part of accessor " + index + " is incomplete or too long.");
        }
        int indexType = Checks.orZero(sparse.getIndices().getComponentType());
        if (indexType != GltfConstants.GL_UNSIGNED_BYTE
                && indexType != GltfConstants.GL_UNSIGNED_SHORT
                && indexType != GltfConstants.GL_UNSIGNED_INT) {
            throw new InvalidSceneException(
                    "invalid-accessor", "The sparse indices of accessor " + index + " are not unsigned integers.");
        }
        int indexBytes = AccessorData.componentBytes(indexType);
        AccessorData places = within(
                index,
                Checks.orZero(sparse.getIndices().getBufferView()),
                Checks.orZero(sparse.getIndices().getByteOffset()),
                new AccessorData(null, 0, indexBytes, replaced, 1, indexType, false));
        AccessorData values = within(
                index,
                Checks.orZero(sparse.getValues().getBufferView()),
                Checks.orZero(sparse.getValues().getByteOffset()),
                new AccessorData(
                        null, 0, bytesEach, replaced, base.components(), base.componentType(), base.normalized()));
        long size = (long) bytesEach * base.count();
        budget.takeWork(size);
        budget.takeBytes(size);
        budget.takeMemory(size);
        if (size > Integer.MAX_VALUE - 16) {
            throw new InvalidSceneException("design-too-large", "Accessor " + index + " is larger than 2 GiB.");
        }
        ByteBuffer dense = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer source = base.bytes();
        for (int i = 0; source != null && i < base.count(); i++) {
            budget.poll();
            dense.put(i * bytesEach, source, base.offset() + i * base.stride(), bytesEach);
        }
        ByteBuffer replacement = values.bytes();
        for (int i = 0; replacement != null && i < replaced; i++) {
            budget.poll();
            long place = places.index(i);
            if (place >= base.count()) {
                throw new InvalidSceneException(
                        "index-out-of-bounds",
                        "Accessor " + index + " replaces element " + place + " of " + base.count() + ".");
            }
            dense.put((int) place * bytesEach, replacement, values.offset() + i * values.stride(), bytesEach);
        }
        return new AccessorData(
                dense, 0, bytesEach, base.count(), base.components(), base.componentType(), base.normalized());
    }

    private static int components(@org.jspecify.annotations.Nullable String type) {
        return switch (type == null ? "" : type) {
            case "SCALAR" -> 1;
            case "VEC2" -> 2;
            case "VEC3" -> 3;
            case "VEC4" -> 4;
            default -> 0;
        };
    }
}
