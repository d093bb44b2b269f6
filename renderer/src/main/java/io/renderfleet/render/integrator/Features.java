package io.renderfleet.render.integrator;

import io.renderfleet.render.shading.SurfacePoint;

/** The sums of the first surfaces that a pixel's paths hit, with which the denoiser detects edges. */
final class Features {

    /** The smallest length of the mean normal of a single surface within one pixel. */
    private static final double ONE_SURFACE = 0.97;
    /** The largest relative difference of distances of a single surface within one pixel, except at grazing angles. */
    private static final float DEEP = 0.15f;

    final float[] colour = new float[3];
    final float[] normal = new float[3];
    float depth;
    int hits;
    private int misses;
    private float nearest;
    private float farthest;

    void clear() {
        for (int i = 0; i < 3; i++) {
            colour[i] = 0;
            normal[i] = 0;
        }
        depth = 0;
        hits = 0;
        misses = 0;
        nearest = Float.POSITIVE_INFINITY;
        farthest = 0;
    }

    void add(SurfacePoint point, float distance) {
        for (int i = 0; i < 3; i++) {
            colour[i] += point.material.unlit() ? 1 : point.baseColour[i];
            normal[i] += point.normal[i];
        }
        depth += distance;
        hits++;
        nearest = Math.min(nearest, distance);
        farthest = Math.max(farthest, distance);
    }

    void addNothing() {
        for (int i = 0; i < 3; i++) {
            colour[i]++;
        }
        misses++;
    }

    /** Whether the pixel shows more than one surface, as far as its normals and distances tell. */
    boolean onEdge() {
        if (hits == 0) {
            return false;
        }
        double length = Math.sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
        return misses > 0 || length < ONE_SURFACE * hits || farthest - nearest > DEEP * farthest;
    }
}
