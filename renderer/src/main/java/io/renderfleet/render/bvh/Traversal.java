package io.renderfleet.render.bvh;

/**
 * Traces rays through a hierarchy. Triangles are intersected by the algorithm of Möller and Trumbore ("Fast, Minimum
 * Storage Ray/Triangle Intersection", 1997). Allocates no memory per ray. Not thread-safe; each thread has its own.
 */
public final class Traversal {

    /**
     * Widens boxes by the rounding error of three operations, so that no ray passes between two boxes (T. Ize, "Robust
     * BVH Ray Traversal", 2013).
     */
    private static final float BOX_MARGIN = 1.0000004f;

    private static final float TINY_DIRECTION = 1e-18f;
    private static final int NONE = Integer.MIN_VALUE;

    private final Bvh bvh;
    private final int[] stack = new int[Bvh.MAX_DEPTH];
    private final float[] stackDistance = new float[Bvh.MAX_DEPTH];
    private long rays;

    public Traversal(Bvh bvh) {
        this.bvh = bvh;
    }

    /** The number of rays traced so far. */
    public long rays() {
        return rays;
    }

    /** Finds the nearest surface within {@code ray.t} and writes it into the ray; false when there is none. */
    public boolean nearest(Ray ray) {
        ray.triangle = -1;
        walk(ray, false);
        return ray.triangle >= 0;
    }

    /** How much light passes along the ray up to {@code ray.t}: 1 when nothing is in the way, 0 when blocked. */
    public float transmittance(Ray ray) {
        ray.triangle = -1;
        return walk(ray, true);
    }

    private float walk(Ray ray, boolean shadow) {
        rays++;
        float[] bounds = bvh.bounds;
        int[] children = bvh.children;
        float ox = ray.ox;
        float oy = ray.oy;
        float oz = ray.oz;
        float ix = 1 / awayFromZero(ray.dx);
        float iy = 1 / awayFromZero(ray.dy);
        float iz = 1 / awayFromZero(ray.dz);
        int nearX = ix < 0 ? 3 : 0;
        int nearY = iy < 0 ? 4 : 1;
        int nearZ = iz < 0 ? 5 : 2;
        int farX = 3 - nearX;
        int farY = 5 - nearY;
        int farZ = 7 - nearZ;
        float transmittance = 1;
        int top = 0;
        int node = bvh.root;
        while (true) {
            if (node >= 0) {
                int limit = Float.floatToRawIntBits(ray.t);
                int at = Bvh.BOUNDS_PER_NODE * node;
                // The bits of non-negative floats have the same order as their values; a negative float has a negative
                // word.
                int leftNear = Math.max(
                        Math.max(bits((bounds[at + nearX] - ox) * ix), bits((bounds[at + nearY] - oy) * iy)),
                        Math.max(bits((bounds[at + nearZ] - oz) * iz), 0));
                int leftFar = Math.min(
                        Math.min(
                                bits((bounds[at + farX] - ox) * ix * BOX_MARGIN),
                                bits((bounds[at + farY] - oy) * iy * BOX_MARGIN)),
                        Math.min(bits((bounds[at + farZ] - oz) * iz * BOX_MARGIN), limit));
                at += 6;
                int rightNear = Math.max(
                        Math.max(bits((bounds[at + nearX] - ox) * ix), bits((bounds[at + nearY] - oy) * iy)),
                        Math.max(bits((bounds[at + nearZ] - oz) * iz), 0));
                int rightFar = Math.min(
                        Math.min(
                                bits((bounds[at + farX] - ox) * ix * BOX_MARGIN),
                                bits((bounds[at + farY] - oy) * iy * BOX_MARGIN)),
                        Math.min(bits((bounds[at + farZ] - oz) * iz * BOX_MARGIN), limit));
                int left = leftNear <= leftFar ? children[2 * node] : NONE;
                int right = rightNear <= rightFar ? children[2 * node + 1] : NONE;
                if (left != NONE) {
                    if (right == NONE) {
                        node = left;
                    } else if (leftNear <= rightNear) {
                        stack[top] = right;
                        stackDistance[top++] = Float.intBitsToFloat(rightNear);
                        node = left;
                    } else {
                        stack[top] = left;
                        stackDistance[top++] = Float.intBitsToFloat(leftNear);
                        node = right;
                    }
                    continue;
                }
                if (right != NONE) {
                    node = right;
                    continue;
                }
            } else if (shadow) {
                transmittance *= passLeaf(ray, ~node);
                if (transmittance == 0) {
                    return 0;
                }
            } else {
                meetLeaf(ray, ~node);
            }
            do {
                if (top == 0) {
                    return transmittance;
                }
                node = stack[--top];
            } while (stackDistance[top] > ray.t);
        }
    }

    private void meetLeaf(Ray ray, int leaf) {
        float[] triangles = bvh.triangles;
        int first = leaf >>> 3;
        int last = first + (leaf & 7);
        for (int triangle = first; triangle <= last; triangle++) {
            int at = Bvh.FLOATS_PER_TRIANGLE * triangle;
            float e1x = triangles[at + 3];
            float e1y = triangles[at + 4];
            float e1z = triangles[at + 5];
            float e2x = triangles[at + 6];
            float e2y = triangles[at + 7];
            float e2z = triangles[at + 8];
            float px = ray.dy * e2z - ray.dz * e2y;
            float py = ray.dz * e2x - ray.dx * e2z;
            float pz = ray.dx * e2y - ray.dy * e2x;
            float det = e1x * px + e1y * py + e1z * pz;
            float inverse = 1 / det;
            float sx = ray.ox - triangles[at];
            float sy = ray.oy - triangles[at + 1];
            float sz = ray.oz - triangles[at + 2];
            float u = (sx * px + sy * py + sz * pz) * inverse;
            if (!(u >= 0 && u <= 1)) {
                continue;
            }
            float qx = sy * e1z - sz * e1y;
            float qy = sz * e1x - sx * e1z;
            float qz = sx * e1y - sy * e1x;
            float v = (ray.dx * qx + ray.dy * qy + ray.dz * qz) * inverse;
            if (!(v >= 0 && u + v <= 1)) {
                continue;
            }
            float t = (e2x * qx + e2y * qy + e2z * qz) * inverse;
            if (t > 0 && t < ray.t && triangle != ray.from && blocks(ray, triangle, det, u, v)) {
                ray.t = t;
                ray.triangle = triangle;
                ray.u = u;
                ray.v = v;
            }
        }
    }

    private boolean blocks(Ray ray, int triangle, float det, float u, float v) {
        byte flags = bvh.opacityFlags[triangle];
        if (flags == Opacity.SOLID) {
            return true;
        }
        if ((flags & Opacity.FRONT_ONLY) != 0 && det < 0) {
            return false;
        }
        // The choice depends only on the ray and the triangle, not on the order of the intersections.
        return (flags & Opacity.TESTED) == 0 || bvh.opacity.alpha(triangle, u, v) > chance(ray.seed, triangle);
    }

    private float passLeaf(Ray ray, int leaf) {
        float[] triangles = bvh.triangles;
        float transmittance = 1;
        int first = leaf >>> 3;
        int last = first + (leaf & 7);
        for (int triangle = first; triangle <= last; triangle++) {
            int at = Bvh.FLOATS_PER_TRIANGLE * triangle;
            float e1x = triangles[at + 3];
            float e1y = triangles[at + 4];
            float e1z = triangles[at + 5];
            float e2x = triangles[at + 6];
            float e2y = triangles[at + 7];
            float e2z = triangles[at + 8];
            float px = ray.dy * e2z - ray.dz * e2y;
            float py = ray.dz * e2x - ray.dx * e2z;
            float pz = ray.dx * e2y - ray.dy * e2x;
            float det = e1x * px + e1y * py + e1z * pz;
            float inverse = 1 / det;
            float sx = ray.ox - triangles[at];
            float sy = ray.oy - triangles[at + 1];
            float sz = ray.oz - triangles[at + 2];
            float u = (sx * px + sy * py + sz * pz) * inverse;
            if (!(u >= 0 && u <= 1)) {
                continue;
            }
            float qx = sy * e1z - sz * e1y;
            float qy = sz * e1x - sx * e1z;
            float qz = sx * e1y - sy * e1x;
            float v = (ray.dx * qx + ray.dy * qy + ray.dz * qz) * inverse;
            if (!(v >= 0 && u + v <= 1)) {
                continue;
            }
            float t = (e2x * qx + e2y * qy + e2z * qz) * inverse;
            if (t > 0 && t < ray.t && triangle != ray.from) {
                transmittance *= 1 - opacity(triangle, det, u, v);
            }
        }
        return transmittance;
    }

    private float opacity(int triangle, float det, float u, float v) {
        byte flags = bvh.opacityFlags[triangle];
        if (flags == Opacity.SOLID) {
            return 1;
        }
        if ((flags & Opacity.FRONT_ONLY) != 0 && det < 0) {
            return 0;
        }
        return (flags & Opacity.TESTED) == 0 ? 1 : bvh.opacity.alpha(triangle, u, v);
    }

    private static int bits(float value) {
        return Float.floatToRawIntBits(value);
    }

    private static float awayFromZero(float value) {
        return Math.abs(value) < TINY_DIRECTION ? Math.copySign(TINY_DIRECTION, value) : value;
    }

    private static float chance(int seed, int triangle) {
        int hash = seed ^ triangle * 0x9E3779B9;
        hash = (hash ^ hash >>> 16) * 0x7FEB352D;
        hash = (hash ^ hash >>> 15) * 0x846CA68B;
        return ((hash ^ hash >>> 16) >>> 8) * 0x1p-24f;
    }
}
