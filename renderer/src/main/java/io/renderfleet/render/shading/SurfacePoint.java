package io.renderfleet.render.shading;

import io.renderfleet.render.bvh.Ray;
import io.renderfleet.render.geometry.Geometry;

/**
 * The point at which a ray hit a surface, and the properties of the surface at this point. Mutable with public fields,
 * because each thread reuses one object for all hits.
 */
public final class SurfacePoint {
    /** The point. */
    public final float[] position = new float[3];
    /** The triangle's geometric normal, of unit length, on the side from which the ray came. */
    public final float[] geometricNormal = new float[3];
    /** The interpolated and mapped normal, of unit length, on the ray's side too. */
    public final float[] normal = new float[3];
    /** The linear base colour, including the vertex colour. */
    public final float[] baseColour = new float[3];
    /** The radiance emitted towards the side from which the ray came. */
    public final float[] emission = new float[3];

    public float metallic;
    public float roughness;
    public Material material;
    public int triangle;

    private final Surfaces surfaces;
    private final float[] scratch = new float[4];
    private final float[] tangent = new float[4];

    public SurfacePoint(Surfaces surfaces) {
        this.surfaces = surfaces;
        this.material = surfaces.material(0);
    }

    /** Reads all properties at the ray's hit. */
    public void at(Ray ray) {
        Geometry geometry = surfaces.geometry();
        triangle = ray.triangle;
        material = surfaces.material(triangle);
        float[] triangles = geometry.triangles();
        for (int axis = 0; axis < 3; axis++) {
            int i = 9 * triangle + axis;
            position[axis] = triangles[i] + ray.u * triangles[i + 3] + ray.v * triangles[i + 6];
        }
        readColours(geometry, ray);
        geometry.geometricNormal(triangle, geometricNormal);
        readNormal(geometry, ray);
        boolean back = ray.dx * geometricNormal[0] + ray.dy * geometricNormal[1] + ray.dz * geometricNormal[2] > 0;
        if (back) {
            negate(geometricNormal);
            negate(normal);
        }
        if (material.emits()) {
            surfaces.emission(triangle, ray.u, ray.v, scratch, emission);
        } else {
            emission[0] = 0;
            emission[1] = 0;
            emission[2] = 0;
        }
        turnTowards(ray);
    }

    private void readColours(Geometry geometry, Ray ray) {
        float[] factor = material.baseColour();
        baseColour[0] = factor[0];
        baseColour[1] = factor[1];
        baseColour[2] = factor[2];
        TextureSlot colourTexture = material.baseColourTexture();
        if (colourTexture != null) {
            colourTexture.sample(geometry, triangle, ray.u, ray.v, true, scratch);
            baseColour[0] *= scratch[0];
            baseColour[1] *= scratch[1];
            baseColour[2] *= scratch[2];
        }
        if (geometry.hasColours()) {
            baseColour[0] *= geometry.colour(0, triangle, ray.u, ray.v);
            baseColour[1] *= geometry.colour(1, triangle, ray.u, ray.v);
            baseColour[2] *= geometry.colour(2, triangle, ray.u, ray.v);
        }
        metallic = material.metallic();
        roughness = material.roughness();
        TextureSlot roughnessTexture = material.metallicRoughnessTexture();
        if (roughnessTexture != null) {
            roughnessTexture.sample(geometry, triangle, ray.u, ray.v, false, scratch);
            roughness *= scratch[1];
            metallic *= scratch[2];
        }
    }

    private void readNormal(Geometry geometry, Ray ray) {
        if (!geometry.shadingNormal(triangle, ray.u, ray.v, normal) || !normalize(normal)) {
            copyGeometricNormal();
        } else if (dot(normal, geometricNormal) < 0) {
            // The winding of a triangle may contradict its normals; the winding decides which side is the front.
            negate(normal);
        }
        TextureSlot texture = material.normalTexture();
        if (texture == null || !readTangent(geometry, texture, ray)) {
            return;
        }
        texture.sample(geometry, triangle, ray.u, ray.v, false, scratch);
        float x = (2 * scratch[0] - 1) * material.normalScale();
        float y = (2 * scratch[1] - 1) * material.normalScale();
        float z = 2 * scratch[2] - 1;
        float bx = (normal[1] * tangent[2] - normal[2] * tangent[1]) * tangent[3];
        float by = (normal[2] * tangent[0] - normal[0] * tangent[2]) * tangent[3];
        float bz = (normal[0] * tangent[1] - normal[1] * tangent[0]) * tangent[3];
        float nx = normal[0];
        float ny = normal[1];
        float nz = normal[2];
        normal[0] = x * tangent[0] + y * bx + z * nx;
        normal[1] = x * tangent[1] + y * by + z * ny;
        normal[2] = x * tangent[2] + y * bz + z * nz;
        if (!normalize(normal) || dot(normal, geometricNormal) <= 0) {
            normal[0] = nx;
            normal[1] = ny;
            normal[2] = nz;
        }
    }

    /** Finds the mesh's tangent, or the one its texture coordinates imply, at right angles to the normal. */
    private boolean readTangent(Geometry geometry, TextureSlot texture, Ray ray) {
        if (!geometry.tangent(triangle, ray.u, ray.v, tangent)) {
            int set = texture.texCoord();
            float s1 = geometry.texCoordEdge(set, 0, triangle, 1);
            float t1 = geometry.texCoordEdge(set, 1, triangle, 1);
            float s2 = geometry.texCoordEdge(set, 0, triangle, 2);
            float t2 = geometry.texCoordEdge(set, 1, triangle, 2);
            float determinant = s1 * t2 - s2 * t1;
            if (determinant == 0) {
                return false;
            }
            float sign = determinant < 0 ? -1 : 1;
            float[] triangles = geometry.triangles();
            for (int axis = 0; axis < 3; axis++) {
                int i = 9 * triangle + axis;
                tangent[axis] = sign * (triangles[i + 3] * t2 - triangles[i + 6] * t1);
            }
            tangent[3] = sign;
        }
        float along = dot(tangent, normal);
        tangent[0] -= along * normal[0];
        tangent[1] -= along * normal[1];
        tangent[2] -= along * normal[2];
        return normalize(tangent);
    }

    /** If interpolation turned the normal away from the ray, tilts it until it is perpendicular to the ray. */
    private void turnTowards(Ray ray) {
        float cosine = -(ray.dx * normal[0] + ray.dy * normal[1] + ray.dz * normal[2]);
        float least = 0.01f;
        if (cosine >= least) {
            return;
        }
        float lift = least - cosine;
        normal[0] -= lift * ray.dx;
        normal[1] -= lift * ray.dy;
        normal[2] -= lift * ray.dz;
        if (!normalize(normal)) {
            copyGeometricNormal();
        }
    }

    private void copyGeometricNormal() {
        normal[0] = geometricNormal[0];
        normal[1] = geometricNormal[1];
        normal[2] = geometricNormal[2];
    }

    private static float dot(float[] a, float[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }

    private static void negate(float[] a) {
        a[0] = -a[0];
        a[1] = -a[1];
        a[2] = -a[2];
    }

    private static boolean normalize(float[] a) {
        float squared = dot(a, a);
        if (!(squared > 1e-30f && squared < 1e30f)) {
            return false;
        }
        float scale = 1 / (float) Math.sqrt(squared);
        a[0] *= scale;
        a[1] *= scale;
        a[2] *= scale;
        return true;
    }
}
