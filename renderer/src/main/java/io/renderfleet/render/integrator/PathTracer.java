package io.renderfleet.render.integrator;

import io.renderfleet.render.bvh.Ray;
import io.renderfleet.render.bvh.Traversal;
import io.renderfleet.render.light.LightSample;
import io.renderfleet.render.light.Lights;
import io.renderfleet.render.light.Sky;
import io.renderfleet.render.scene.RenderScene;
import io.renderfleet.render.shading.Bsdf;
import io.renderfleet.render.shading.SurfacePoint;

/**
 * Traces camera paths through a scene. At each surface, light is estimated by sampling points on lights and, for lights
 * with an extent, by the next ray of the path; both are weighted by the power heuristic (E. Veach, "Robust Monte Carlo
 * Methods for Light Transport Simulation", 1997). Allocates no memory per path. Not thread-safe; each thread has its
 * own.
 */
final class PathTracer {

    /** The limit of radiance from indirect light, because rare paths with more light would be visible as specks. */
    private static final float INDIRECT_LIMIT = 4;
    /**
     * The smallest roughness after a diffuse bounce, because reflections on smoother surfaces are visible only as
     * specks.
     */
    private static final float ROUGHNESS_AFTER_MATTE = 0.5f;
    /** The number of surfaces after which Russian roulette may end a path. */
    private static final int ROULETTE_FROM = 2;

    /** Output of {@link #trace}: the radiance of the path. */
    final float[] radiance = new float[3];
    /** Output of {@link #trace}: the first surface of the path is added to it. */
    final Features features = new Features();

    private final Lights lights;
    private final Traversal traversal;
    private final int maxDepth;
    private final Ray ray = new Ray();
    private final Ray shadow = new Ray();
    private final SurfacePoint point;
    private final Bsdf bsdf = new Bsdf();
    private final LightSample light = new LightSample();
    private final float[] throughput = new float[3];
    private final float[] background = new float[3];
    private final Sampler sampler = new Sampler();
    private final View view;

    PathTracer(RenderScene scene, Lights lights, View view, int maxDepth) {
        this.view = view;
        this.maxDepth = maxDepth;
        this.lights = lights;
        traversal = new Traversal(scene.bvh());
        point = new SurfacePoint(scene.surfaces());
    }

    long rays() {
        return traversal.rays();
    }

    /** Traces one path from a pixel and writes its radiance to {@link #radiance}. */
    void trace(int column, int row, int pixelHash, int sample) {
        sampler.start(pixelHash, sample);
        sampler.next2();
        view.aim(column, row, sampler.x, sampler.y, ray);
        ray.from = -1;
        radiance[0] = 0;
        radiance[1] = 0;
        radiance[2] = 0;
        throughput[0] = 1;
        throughput[1] = 1;
        throughput[2] = 1;
        float leastRoughness = 0;
        float density = 0;
        for (int depth = 0; depth < maxDepth; depth++) {
            ray.t = Float.POSITIVE_INFINITY;
            ray.seed = sampler.pathSeed();
            if (!traversal.nearest(ray)) {
                if (depth == 0) {
                    features.addNothing();
                }
                addSky(depth, density);
                return;
            }
            point.at(ray);
            if (depth == 0) {
                features.add(point, ray.t);
            }
            if (point.material.unlit()) {
                add(point.baseColour, 1, depth);
                return;
            }
            addEmission(depth, density);
            if (depth == maxDepth - 1) {
                return;
            }
            bsdf.at(point, ray.dx, ray.dy, ray.dz, leastRoughness);
            gatherEmissive(depth);
            gatherSky(depth);
            gatherPunctual(depth);
            if (!scatter(depth)) {
                return;
            }
            density = bsdf.density;
            if (!bsdf.mostlySpecular() || bsdf.alpha() > ROUGHNESS_AFTER_MATTE) {
                leastRoughness = ROUGHNESS_AFTER_MATTE;
            }
        }
    }

    /** Samples the direction in which the path continues; false if the path ends. */
    private boolean scatter(int depth) {
        float choice = sampler.next1();
        sampler.next2();
        if (!bsdf.sample(choice, sampler.x, sampler.y) || !leavesSurface(bsdf.direction)) {
            return false;
        }
        float scale = 1 / bsdf.density;
        throughput[0] *= bsdf.value[0] * scale;
        throughput[1] *= bsdf.value[1] * scale;
        throughput[2] *= bsdf.value[2] * scale;
        if (depth + 1 >= ROULETTE_FROM) {
            float survival = Math.min(Math.max(throughput[0], Math.max(throughput[1], throughput[2])), 0.95f);
            if (!(sampler.next1() < survival)) {
                return false;
            }
            throughput[0] /= survival;
            throughput[1] /= survival;
            throughput[2] /= survival;
        }
        startFromPoint(ray);
        ray.dx = bsdf.direction[0];
        ray.dy = bsdf.direction[1];
        ray.dz = bsdf.direction[2];
        return true;
    }

    private void addSky(int depth, float density) {
        Sky sky = lights.sky();
        if (sky == null) {
            return;
        }
        sky.radiance(ray.dx, ray.dy, ray.dz, background);
        float weight = depth == 0 ? 1 : powerHeuristic(density, sky.density(ray.dx, ray.dy, ray.dz));
        add(background, weight, depth - 1);
    }

    private void addEmission(int depth, float density) {
        float[] emission = point.emission;
        if (!(emission[0] > 0 || emission[1] > 0 || emission[2] > 0)) {
            return;
        }
        float weight = 1;
        if (depth > 0) {
            float[] n = point.geometricNormal;
            float cosine = ray.dx * n[0] + ray.dy * n[1] + ray.dz * n[2];
            weight = powerHeuristic(density, lights.emissiveDensity(point.material, ray.t, cosine));
        }
        add(emission, weight, depth - 1);
    }

    private void gatherEmissive(int depth) {
        if (!lights.hasEmissive()) {
            return;
        }
        float choice = sampler.next1();
        sampler.next2();
        if (lights.sampleEmissive(point.position, choice, sampler.x, sampler.y, light)
                && light.triangle != point.triangle) {
            gather(depth, true);
        }
    }

    private void gatherSky(int depth) {
        if (lights.sky() == null) {
            return;
        }
        float choice = sampler.next1();
        sampler.next2();
        if (lights.sampleSky(choice, sampler.x, sampler.y, light)) {
            gather(depth, true);
        }
    }

    /**
     * Adds the light of one punctual light, which is selected with a probability proportional to its unoccluded light.
     */
    private void gatherPunctual(int depth) {
        int count = lights.punctualCount();
        if (count == 0) {
            return;
        }
        float uniform = sampler.next1();
        float total = 0;
        float chosenWeight = 0;
        int chosen = -1;
        for (int i = 0; i < count; i++) {
            float weight = unshadowed(i);
            if (!(weight > 0)) {
                continue;
            }
            total += weight;
            // One random number serves all choices; the rest of it after each choice is distributed uniformly again.
            float share = weight / total;
            if (uniform < share) {
                chosen = i;
                chosenWeight = weight;
                uniform /= share;
            } else {
                uniform = (uniform - share) / (1 - share);
            }
        }
        if (chosen >= 0 && lights.illuminate(chosen, point.position, light)) {
            light.density = chosenWeight / total;
            gather(depth, false);
        }
    }

    private float unshadowed(int index) {
        if (!lights.illuminate(index, point.position, light)) {
            return 0;
        }
        float[] n = point.normal;
        float cosine = light.wx * n[0] + light.wy * n[1] + light.wz * n[2];
        return cosine <= 0 ? 0 : cosine * (light.radiance[0] + light.radiance[1] + light.radiance[2]);
    }

    /** Adds the light of {@link #light}, if it is not blocked. */
    private void gather(int depth, boolean alsoFoundByScattering) {
        float[] n = point.geometricNormal;
        if (light.wx * n[0] + light.wy * n[1] + light.wz * n[2] <= 0) {
            return;
        }
        bsdf.evaluate(light.wx, light.wy, light.wz);
        float weight = 1 / light.density;
        if (alsoFoundByScattering) {
            weight *= powerHeuristic(light.density, bsdf.density);
        }
        for (int i = 0; i < 3; i++) {
            light.radiance[i] *= bsdf.value[i];
        }
        if (!(light.radiance[0] > 0 || light.radiance[1] > 0 || light.radiance[2] > 0)) {
            return;
        }
        startFromPoint(shadow);
        shadow.dx = light.wx;
        shadow.dy = light.wy;
        shadow.dz = light.wz;
        // Ends just before the light, so that the light does not occlude itself.
        shadow.t = light.distance * 0.9999f;
        float transmittance = traversal.transmittance(shadow);
        if (transmittance > 0) {
            add(light.radiance, weight * transmittance, depth);
        }
    }

    private void startFromPoint(Ray start) {
        float[] p = point.position;
        float[] n = point.geometricNormal;
        // The rounding error of a point grows with its coordinates; an offset of a few units in the last place exceeds
        // it.
        float reach = Math.max(Math.abs(p[0]), Math.max(Math.abs(p[1]), Math.abs(p[2])));
        float offset = reach * 1e-6f + 1e-30f;
        start.ox = p[0] + n[0] * offset;
        start.oy = p[1] + n[1] * offset;
        start.oz = p[2] + n[2] * offset;
        start.from = point.triangle;
    }

    private boolean leavesSurface(float[] direction) {
        float[] n = point.geometricNormal;
        return direction[0] * n[0] + direction[1] * n[1] + direction[2] * n[2] > 0;
    }

    /** Adds light that reached the path's vertex number {@code bounces}. */
    private void add(float[] light, float weight, int bounces) {
        float red = throughput[0] * light[0] * weight;
        float green = throughput[1] * light[1] * weight;
        float blue = throughput[2] * light[2] * weight;
        if (bounces > 0) {
            float most = Math.max(red, Math.max(green, blue));
            if (most > INDIRECT_LIMIT) {
                float scale = INDIRECT_LIMIT / most;
                red *= scale;
                green *= scale;
                blue *= scale;
            }
        }
        radiance[0] += red;
        radiance[1] += green;
        radiance[2] += blue;
    }

    private static float powerHeuristic(float density, float other) {
        if (density >= Float.MAX_VALUE) {
            return 1;
        }
        float ratio = other / density;
        return 1 / (1 + ratio * ratio);
    }
}
