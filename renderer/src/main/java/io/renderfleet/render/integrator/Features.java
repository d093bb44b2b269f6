package io.renderfleet.render.integrator;

import io.renderfleet.render.shading.SurfacePoint;

/** What a pixel's paths met first, summed up; tells the denoiser where surfaces end. */
final class Features {

    /** Normals of one surface within one pixel add up to nearly their number. */
    private static final double ONE_SURFACE = 0.97;
    /** One surface covers a smaller part of its distance than this within one pixel, unless seen very flatly. */
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
