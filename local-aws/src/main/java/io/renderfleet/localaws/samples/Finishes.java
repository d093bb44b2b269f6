package io.renderfleet.localaws.samples;

import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The materials of the furniture, each added to the file at its first use. */
final class Finishes {

    private final GlbBuilder glb;
    private final Map<String, TextureUse> textures = new HashMap<>();
    private final Map<String, Integer> materials = new HashMap<>();

    Finishes(GlbBuilder glb) {
        this.glb = glb;
    }

    int wood(String name, int colour) {
        return material(
                name,
                () -> Material.named(name)
                        .colour(colour)
                        .texture(texture("timber", Wood::timber).every(1, 0.5))
                        .bumps(texture("timber normals", Wood::timberNormals).every(0.7, 0.35), 0.5)
                        .roughness(0.38));
    }

    int walnut() {
        return wood("walnut", 0x8a5a38);
    }

    int oak() {
        return wood("oak", 0xc79a68);
    }

    int fabric(String name, int colour) {
        return material(
                name,
                () -> Material.named(name)
                        .colour(colour)
                        .texture(texture("weave", Textiles::weave).every(0.12))
                        .bumps(texture("weave normals", Textiles::weaveNormals).every(0.12), 0.5)
                        .roughness(0.92)
                        .thin());
    }

    int brass() {
        return material(
                "brass", () -> Material.named("brass").colour(0xd9ae62).metal(1).roughness(0.24));
    }

    int ceramic(String name, int colour, double roughness) {
        return material(name, () -> Material.named(name).colour(colour).roughness(roughness));
    }

    /** White, so that the colours of the vertices show as they are. */
    int paper() {
        return material("paper", () -> Material.named("paper").roughness(0.7));
    }

    int glass() {
        return material(
                "glass",
                () -> Material.named("glass")
                        .colour(0xdcebe6, 0.18)
                        .roughness(0.04)
                        .blend()
                        .thin());
    }

    int material(String name, Supplier<Material> recipe) {
        return materials.computeIfAbsent(name, key -> glb.material(recipe.get()));
    }

    TextureUse texture(String name, Supplier<BufferedImage> painter) {
        return textures.computeIfAbsent(name, key -> glb.texture(painter.get()));
    }
}
