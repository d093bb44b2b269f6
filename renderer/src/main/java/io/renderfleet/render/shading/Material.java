package io.renderfleet.render.shading;

import org.jspecify.annotations.Nullable;

/**
 * A metallic-roughness material of glTF 2.0. Colours are linear; factors multiply their textures.
 *
 * @param baseColour red, green, blue, alpha
 * @param emission red, green, blue radiance, with the emissive strength multiplied in
 * @param normalScale stretches the normal texture's x and y
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared and never modified; arrays are fast.
public record Material(
        float[] baseColour,
        @Nullable TextureSlot baseColourTexture,
        float metallic,
        float roughness,
        @Nullable TextureSlot metallicRoughnessTexture,
        float[] emission,
        @Nullable TextureSlot emissionTexture,
        @Nullable TextureSlot normalTexture,
        float normalScale,
        AlphaMode alphaMode,
        float alphaCutoff,
        boolean doubleSided,
        boolean unlit) {

    /** Whether the material is emissive. */
    public boolean emits() {
        return !unlit && (emission[0] > 0 || emission[1] > 0 || emission[2] > 0);
    }

    /** The luminance of the emission over the whole texture, which weighs how often the material is sampled. */
    public float meanEmission() {
        float factor = 0.2126f * emission[0] + 0.7152f * emission[1] + 0.0722f * emission[2];
        return emissionTexture == null
                ? factor
                : factor * emissionTexture.texture().meanLuminance();
    }
}
