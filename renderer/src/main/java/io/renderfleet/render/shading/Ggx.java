package io.renderfleet.render.shading;

/**
 * The isotropic GGX distribution of microfacets (Walter et al., "Microfacet Models for Refraction through Rough
 * Surfaces", 2007) with Smith's height-correlated shadowing, in a frame whose z axis is the normal.
 */
final class Ggx {

    private Ggx() {}

    /** The density D of facets whose normal has this cosine to the surface's. */
    static float distribution(float cosine, float alpha) {
        float a2 = alpha * alpha;
        float d = cosine * cosine * (a2 - 1) + 1;
        return a2 / ((float) Math.PI * d * d);
    }

    /** Smith's Lambda for a direction with this cosine to the surface's normal. */
    static float lambda(float cosine, float alpha) {
        float c2 = cosine * cosine;
        float tan2 = Math.max(1 - c2, 0) / c2;
        return ((float) Math.sqrt(1 + alpha * alpha * tan2) - 1) / 2;
    }

    /** The share of facets seen from a direction with this cosine. */
    static float masking(float cosine, float alpha) {
        return 1 / (1 + lambda(cosine, alpha));
    }

    /**
     * Chooses a facet among those visible from a direction, by spherical caps (Dupuy and Benyoub, "Sampling Visible
     * GGX Normals with Spherical Caps", 2023).
     *
     * @param w the direction, of unit length, z positive
     * @param x a uniform number
     * @param y another
     * @param out the facet's normal
     */
    static void sampleVisible(float[] w, float alpha, float x, float y, float[] out) {
        float sx = w[0] * alpha;
        float sy = w[1] * alpha;
        float sz = w[2];
        float scale = 1 / (float) Math.sqrt(sx * sx + sy * sy + sz * sz);
        sx *= scale;
        sy *= scale;
        sz *= scale;
        float z = (1 - y) * (1 + sz) - sz;
        float radius = (float) Math.sqrt(Math.max(1 - z * z, 0));
        float angle = 2 * (float) Math.PI * x;
        float hx = (radius * (float) Math.cos(angle) + sx) * alpha;
        float hy = (radius * (float) Math.sin(angle) + sy) * alpha;
        float hz = Math.max(z + sz, 1e-7f);
        scale = 1 / (float) Math.sqrt(hx * hx + hy * hy + hz * hz);
        out[0] = hx * scale;
        out[1] = hy * scale;
        out[2] = hz * scale;
    }

    /** The density, over solid angle of facet normals, with which {@link #sampleVisible} chooses one. */
    static float visibleDensity(float wCosine, float wDotFacet, float facetCosine, float alpha) {
        return masking(wCosine, alpha) * Math.max(wDotFacet, 0) * distribution(facetCosine, alpha) / wCosine;
    }
}
