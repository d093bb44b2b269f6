package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.Material;
import de.javagl.jgltf.impl.v2.MaterialPbrMetallicRoughness;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.shading.AlphaMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads materials: {@link #check} without decoding an image, {@link #read} in full. */
final class Materials {

    /** The material of a primitive without one. */
    private static final Material DEFAULT = new Material();

    private final Textures textures;

    Materials(Textures textures) {
        this.textures = textures;
    }

    void check(Material material) {
        MaterialPbrMetallicRoughness surface = surface(material);
        textures.check(surface.getBaseColorTexture());
        textures.check(surface.getMetallicRoughnessTexture());
        textures.check(material.getEmissiveTexture());
        textures.check(material.getNormalTexture());
        baseColour(surface);
        emission(material);
        alphaMode(material);
    }

    io.renderfleet.render.shading.Material read(@Nullable Material source) {
        Material material = source == null ? DEFAULT : source;
        MaterialPbrMetallicRoughness surface = surface(material);
        return new io.renderfleet.render.shading.Material(
                baseColour(surface),
                textures.slot(surface.getBaseColorTexture()),
                unit(surface.getMetallicFactor()),
                unit(surface.getRoughnessFactor()),
                textures.slot(surface.getMetallicRoughnessTexture()),
                emission(material),
                textures.slot(material.getEmissiveTexture()),
                textures.slot(material.getNormalTexture()),
                normalScale(material),
                alphaMode(material),
                material.getAlphaCutoff() == null ? 0.5f : Checks.finite(material.getAlphaCutoff(), "alphaCutoff"),
                Boolean.TRUE.equals(material.isDoubleSided()),
                Extensions.of(material, "KHR_materials_unlit") != null);
    }

    private static MaterialPbrMetallicRoughness surface(Material material) {
        MaterialPbrMetallicRoughness surface = material.getPbrMetallicRoughness();
        return surface == null ? new MaterialPbrMetallicRoughness() : surface;
    }

    private static float[] baseColour(MaterialPbrMetallicRoughness surface) {
        float[] factor = surface.getBaseColorFactor();
        if (factor == null) {
            return new float[] {1, 1, 1, 1};
        }
        requireLength(factor, 4, "baseColorFactor");
        return new float[] {unit(factor[0]), unit(factor[1]), unit(factor[2]), unit(factor[3])};
    }

    private static float[] emission(Material material) {
        Extensions extension = Extensions.of(material, "KHR_materials_emissive_strength");
        float strength = extension == null ? 1 : Math.max(extension.number("emissiveStrength", 1), 0);
        float[] factor = material.getEmissiveFactor();
        if (factor == null) {
            return new float[3];
        }
        requireLength(factor, 3, "emissiveFactor");
        float[] emission = new float[3];
        for (int i = 0; i < 3; i++) {
            emission[i] = Math.min(Math.max(Checks.finite(factor[i], "emissiveFactor"), 0) * strength, 1e9f);
        }
        return emission;
    }

    private static float normalScale(Material material) {
        return material.getNormalTexture() == null
                        || material.getNormalTexture().getScale() == null
                ? 1
                : Checks.finite(material.getNormalTexture().getScale(), "normal texture scale");
    }

    private static AlphaMode alphaMode(Material material) {
        String mode = material.getAlphaMode() == null ? "OPAQUE" : material.getAlphaMode();
        return switch (mode.toUpperCase(Locale.ROOT)) {
            case "OPAQUE" -> AlphaMode.OPAQUE;
            case "MASK" -> AlphaMode.MASK;
            case "BLEND" -> AlphaMode.BLEND;
            default ->
                throw new InvalidSceneException(
                        "invalid-material", "A material has the alpha mode " + GltfJson.shown(mode) + ".");
        };
    }

    private static float unit(@Nullable Float value) {
        return value == null ? 1 : unit(value.floatValue());
    }

    private static float unit(float value) {
        return Math.min(Math.max(Checks.finite(value, "material factor"), 0), 1);
    }

    private static void requireLength(float[] values, int length, String what) {
        if (values.length != length) {
            throw new InvalidSceneException(
                    "invalid-material",
                    "The " + what + " of a material has " + values.length + " numbers, not " + length + ".");
        }
    }
}
