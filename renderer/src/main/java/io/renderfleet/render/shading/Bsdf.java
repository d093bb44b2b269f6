package io.renderfleet.render.shading;

/**
 * How an opaque glTF surface scatters light: a GGX reflection over a Lambertian base, mixed by Schlick's Fresnel term
 * as appendix B of the glTF 2.0 specification defines it. {@link #at} prepares it for a point, and the other methods
 * evaluate or sample directions at this point. Directions point away from the surface. Not thread-safe; each thread has
 * its own.
 */
public final class Bsdf {

    /** The smallest alpha; the highlights of smoother surfaces would be narrower than the resolution of floats. */
    private static final float LEAST_ALPHA = 1e-3f;

    private static final float DIELECTRIC = 0.04f;
    private static final float INVERSE_PI = (float) (1 / Math.PI);

    /** Output of {@link #sample}: the sampled direction in world space. */
    public final float[] direction = new float[3];
    /** Output of {@link #sample} and {@link #evaluate}: reflectance times cosine, per channel. */
    public final float[] value = new float[3];
    /** Output of {@link #sample} and {@link #evaluate}: the density of the direction over solid angle. */
    public float density;

    private final float[] diffuse = new float[3];
    private final float[] specular = new float[3];
    /** The factor by which multiple scattering between facets increases the reflection, per channel. */
    private final float[] gain = new float[3];

    private final float[] normal = new float[3];
    private final float[] tangent = new float[3];
    private final float[] bitangent = new float[3];
    private final float[] out = new float[3];
    private final float[] in = new float[3];
    private final float[] facet = new float[3];
    private float alpha;
    private float specularShare;

    /**
     * Prepares for a point seen against the direction (dx, dy, dz).
     *
     * @param leastRoughness the smallest roughness; smoother surfaces are treated as having this roughness
     */
    public void at(SurfacePoint point, float dx, float dy, float dz, float leastRoughness) {
        float roughness = Math.max(Math.min(point.roughness, 1), leastRoughness);
        alpha = Math.max(roughness * roughness, LEAST_ALPHA);
        float metallic = Math.min(point.metallic, 1);
        for (int i = 0; i < 3; i++) {
            normal[i] = point.normal[i];
            diffuse[i] = point.baseColour[i] * (1 - metallic);
            specular[i] = DIELECTRIC + metallic * (point.baseColour[i] - DIELECTRIC);
        }
        frame();
        out[0] = -(dx * tangent[0] + dy * tangent[1] + dz * tangent[2]);
        out[1] = -(dx * bitangent[0] + dy * bitangent[1] + dz * bitangent[2]);
        out[2] = Math.max(-(dx * normal[0] + dy * normal[1] + dz * normal[2]), 1e-4f);
        float single = GgxAlbedo.of(out[2], alpha);
        for (int i = 0; i < 3; i++) {
            gain[i] = 1 + specular[i] * (1 - single) / single;
        }
        float fresnel = schlick(out[2]);
        float reflected = luminance(specular);
        reflected += (1 - reflected) * fresnel;
        float scattered = luminance(diffuse) * (1 - fresnel);
        specularShare = scattered <= 0 ? 1 : Math.max(reflected / (reflected + scattered), 0.1f);
    }

    /** The alpha of the reflection in use, roughness squared. */
    public float alpha() {
        return alpha;
    }

    /** Whether the surface scatters more light by reflection than by its diffuse base. */
    public boolean mostlySpecular() {
        return specularShare > 0.5f;
    }

    /** Fills in value and density for a direction; both are 0 below the surface. */
    public void evaluate(float wx, float wy, float wz) {
        in[0] = wx * tangent[0] + wy * tangent[1] + wz * tangent[2];
        in[1] = wx * bitangent[0] + wy * bitangent[1] + wz * bitangent[2];
        in[2] = wx * normal[0] + wy * normal[1] + wz * normal[2];
        evaluateIn();
    }

    /** Samples a direction with three uniform numbers; false if it points into the surface. */
    public boolean sample(float choice, float x, float y) {
        if (choice < specularShare) {
            Ggx.sampleVisible(out, alpha, x, y, facet);
            float twice = 2 * (out[0] * facet[0] + out[1] * facet[1] + out[2] * facet[2]);
            in[0] = twice * facet[0] - out[0];
            in[1] = twice * facet[1] - out[1];
            in[2] = twice * facet[2] - out[2];
        } else {
            float radius = (float) Math.sqrt(x);
            float angle = 2 * (float) Math.PI * y;
            in[0] = radius * (float) Math.cos(angle);
            in[1] = radius * (float) Math.sin(angle);
            in[2] = (float) Math.sqrt(Math.max(1 - x, 0));
        }
        evaluateIn();
        for (int i = 0; i < 3; i++) {
            direction[i] = in[0] * tangent[i] + in[1] * bitangent[i] + in[2] * normal[i];
        }
        return density > 0;
    }

    private void evaluateIn() {
        if (in[2] <= 0) {
            value[0] = 0;
            value[1] = 0;
            value[2] = 0;
            density = 0;
            return;
        }
        float hx = in[0] + out[0];
        float hy = in[1] + out[1];
        float hz = in[2] + out[2];
        float scale = 1 / (float) Math.sqrt(hx * hx + hy * hy + hz * hz);
        float cosine = Math.min(hz * scale, 1);
        float towards = Math.min((hx * out[0] + hy * out[1] + hz * out[2]) * scale, 1);
        float distribution = Ggx.distribution(cosine, alpha);
        float lambdaOut = Ggx.lambda(out[2], alpha);
        float lambdaIn = Ggx.lambda(in[2], alpha);
        float reflection = distribution / ((1 + lambdaOut + lambdaIn) * 4 * out[2]);
        float fresnel = schlick(towards);
        float base = INVERSE_PI * in[2];
        for (int i = 0; i < 3; i++) {
            float mirrored = specular[i] + (1 - specular[i]) * fresnel;
            // The share of light that enters the diffuse base of a dielectric; metals have no diffuse base.
            float entering = 1 - (DIELECTRIC + (1 - DIELECTRIC) * fresnel);
            value[i] = diffuse[i] * entering * base + mirrored * reflection * gain[i];
        }
        float facets = distribution / ((1 + lambdaOut) * 4 * out[2]);
        density = specularShare * facets + (1 - specularShare) * base;
    }

    /** An orthonormal frame around the normal (Duff et al., "Building an Orthonormal Basis, Revisited", 2017). */
    private void frame() {
        float sign = Math.copySign(1, normal[2]);
        float a = -1 / (sign + normal[2]);
        float b = normal[0] * normal[1] * a;
        tangent[0] = 1 + sign * normal[0] * normal[0] * a;
        tangent[1] = sign * b;
        tangent[2] = -sign * normal[0];
        bitangent[0] = b;
        bitangent[1] = sign + normal[1] * normal[1] * a;
        bitangent[2] = -normal[1];
    }

    private static float schlick(float cosine) {
        float m = Math.max(1 - cosine, 0);
        float m2 = m * m;
        return m2 * m2 * m;
    }

    private static float luminance(float[] rgb) {
        return 0.2126f * rgb[0] + 0.7152f * rgb[1] + 0.0722f * rgb[2];
    }
}
