package io.renderfleet.render.light;

import io.renderfleet.render.geometry.BuildCheck;
import io.renderfleet.render.geometry.Geometry;
import io.renderfleet.render.shading.Material;
import io.renderfleet.render.shading.Surfaces;
import org.jspecify.annotations.Nullable;

/**
 * All emissive triangles of a scene. They are sampled proportionally to area times mean emission, so that the density
 * over area is constant for each material.
 */
final class EmissiveTriangles {
    private final Surfaces surfaces;
    private final int[] triangles;
    private final AliasTable table;
    private final double total;

    private EmissiveTriangles(Surfaces surfaces, int[] triangles, AliasTable table, double total) {
        this.surfaces = surfaces;
        this.triangles = triangles;
        this.table = table;
        this.total = total;
    }

    /** The emissive triangles of the surfaces; null if there are none. */
    static @Nullable EmissiveTriangles of(Surfaces surfaces, BuildCheck check) {
        Geometry geometry = surfaces.geometry();
        int count = 0;
        for (int i = 0; i < geometry.triangleCount(); i++) {
            check.at(i);
            if (isLight(surfaces.material(i))) {
                count++;
            }
        }
        if (count == 0) {
            return null;
        }
        int[] triangles = new int[count];
        double[] weights = new double[count];
        double total = 0;
        int at = 0;
        for (int i = 0; i < geometry.triangleCount(); i++) {
            check.at(i);
            Material material = surfaces.material(i);
            if (isLight(material)) {
                triangles[at] = i;
                weights[at] = geometry.area(i) * material.meanEmission();
                total += weights[at++];
            }
        }
        return new EmissiveTriangles(surfaces, triangles, new AliasTable(weights, check), total);
    }

    private static boolean isLight(Material material) {
        return material.emits() && material.meanEmission() > 0;
    }

    /** The density over area with which points of this material are sampled. */
    float densityOverArea(Material material) {
        return isLight(material) ? (float) (material.meanEmission() / total) : 0;
    }

    /** Samples a point; false if it faces away from (px, py, pz). */
    boolean sample(float px, float py, float pz, float choice, float x, float y, LightSample out) {
        int triangle = triangles[table.choose(choice)];
        float root = (float) Math.sqrt(x);
        float u = root * (1 - y);
        float v = root * y;
        Geometry geometry = surfaces.geometry();
        float[] corners = geometry.triangles();
        int i = 9 * triangle;
        float lx = corners[i] + u * corners[i + 3] + v * corners[i + 6] - px;
        float ly = corners[i + 1] + u * corners[i + 4] + v * corners[i + 7] - py;
        float lz = corners[i + 2] + u * corners[i + 5] + v * corners[i + 8] - pz;
        float squared = lx * lx + ly * ly + lz * lz;
        if (!(squared > 0)) {
            return false;
        }
        float distance = (float) Math.sqrt(squared);
        out.wx = lx / distance;
        out.wy = ly / distance;
        out.wz = lz / distance;
        out.distance = distance;
        out.triangle = triangle;
        geometry.geometricNormal(triangle, out.normal);
        float cosine = -(out.wx * out.normal[0] + out.wy * out.normal[1] + out.wz * out.normal[2]);
        Material material = surfaces.material(triangle);
        if (cosine == 0 || (cosine < 0 && !material.doubleSided())) {
            return false;
        }
        out.density = densityOverArea(material) * squared / Math.abs(cosine);
        surfaces.emission(triangle, u, v, out.scratch, out.radiance);
        return out.density > 0;
    }

    long sizeInBytes() {
        return 4L * triangles.length + table.sizeInBytes();
    }
}
