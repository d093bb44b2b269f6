package io.renderfleet.render.image;

import io.renderfleet.render.ToneMapping;

/** Turns linear Rec. 709 radiance into display values from 0 to 1, still linear. */
final class ToneMap {

    private ToneMap() {}

    /** Maps three channels in place. */
    static void apply(ToneMapping mapping, float[] rgb) {
        switch (mapping) {
            case PBR_NEUTRAL -> pbrNeutral(rgb);
            case ACES -> aces(rgb);
        }
    }

    /** Khronos PBR Neutral, as its specification of 2024 gives it. */
    private static void pbrNeutral(float[] rgb) {
        float startCompression = 0.8f - 0.04f;
        float desaturation = 0.15f;
        float least = Math.min(rgb[0], Math.min(rgb[1], rgb[2]));
        float offset = least < 0.08f ? least - 6.25f * least * least : 0.04f;
        rgb[0] -= offset;
        rgb[1] -= offset;
        rgb[2] -= offset;
        float peak = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
        if (peak < startCompression) {
            return;
        }
        float room = 1 - startCompression;
        float newPeak = 1 - room * room / (peak + room - startCompression);
        float scale = newPeak / peak;
        float white = 1 - 1 / (desaturation * (peak - newPeak) + 1);
        for (int i = 0; i < 3; i++) {
            rgb[i] = rgb[i] * scale * (1 - white) + newPeak * white;
        }
    }

    /** Stephen Hill's fit of the ACES reference and output transforms. */
    private static void aces(float[] rgb) {
        float r = rgb[0];
        float g = rgb[1];
        float b = rgb[2];
        float x = fit(0.59719f * r + 0.35458f * g + 0.04823f * b);
        float y = fit(0.07600f * r + 0.90834f * g + 0.01566f * b);
        float z = fit(0.02840f * r + 0.13383f * g + 0.83777f * b);
        rgb[0] = clamp(1.60475f * x - 0.53108f * y - 0.07367f * z);
        rgb[1] = clamp(-0.10208f * x + 1.10813f * y - 0.00605f * z);
        rgb[2] = clamp(-0.00327f * x - 0.07276f * y + 1.07602f * z);
    }

    private static float fit(float v) {
        return (v * (v + 0.0245786f) - 0.000090537f) / (v * (0.983729f * v + 0.4329510f) + 0.238081f);
    }

    private static float clamp(float v) {
        return Math.min(Math.max(v, 0), 1);
    }
}
