package io.renderfleet.render.shading;

/**
 * The single-scattering albedo of a white GGX surface by direction and roughness. The reflection is scaled up to
 * compensate for the missing multiple scattering between facets (E. Turquin, "Practical multiple scattering
 * compensation for microfacet models", 2019).
 */
final class GgxAlbedo {

    private static final int SIZE = 32;
    private static final int STEPS = 24;
    private static final float[] TABLE = table();

    private GgxAlbedo() {}

    /** The albedo seen from a direction with this cosine to the normal, above 0. */
    static float of(float cosine, float alpha) {
        float x = Math.min(Math.max(cosine, 0), 1) * (SIZE - 1);
        float y = Math.min((float) Math.sqrt(alpha), 1) * (SIZE - 1);
        int column = Math.min((int) x, SIZE - 2);
        int row = Math.min((int) y, SIZE - 2);
        float fx = x - column;
        float fy = y - row;
        int at = row * SIZE + column;
        float upper = TABLE[at] + fx * (TABLE[at + 1] - TABLE[at]);
        float lower = TABLE[at + SIZE] + fx * (TABLE[at + SIZE + 1] - TABLE[at + SIZE]);
        return upper + fy * (lower - upper);
    }

    private static float[] table() {
        float[] table = new float[SIZE * SIZE];
        for (int row = 0; row < SIZE; row++) {
            float roughness = Math.max((float) row / (SIZE - 1), 0.03f);
            for (int column = 0; column < SIZE; column++) {
                table[row * SIZE + column] =
                        integrate(Math.max((float) column / (SIZE - 1), 0.01f), roughness * roughness);
            }
        }
        return table;
    }

    /** Averages the weight of reflections off visible facets: the masking of the way out. */
    private static float integrate(float cosine, float alpha) {
        float[] out = {(float) Math.sqrt(1 - cosine * cosine), 0, cosine};
        float[] facet = new float[3];
        float lambdaOut = Ggx.lambda(cosine, alpha);
        double sum = 0;
        for (int i = 0; i < STEPS; i++) {
            for (int j = 0; j < STEPS; j++) {
                Ggx.sampleVisible(out, alpha, (i + 0.5f) / STEPS, (j + 0.5f) / STEPS, facet);
                float in = 2 * (out[0] * facet[0] + out[2] * facet[2]) * facet[2] - cosine;
                if (in > 0) {
                    sum += (1 + lambdaOut) / (1 + lambdaOut + Ggx.lambda(in, alpha));
                }
            }
        }
        return (float) (sum / (STEPS * STEPS));
    }
}
