package io.renderfleet.localaws.samples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A builder of a glTF metallic-roughness material, by default rough, not metallic, opaque and white. */
final class Material {

    private final ObjectNode json = JsonNodeFactory.instance.objectNode();
    private final ObjectNode pbr = JsonNodeFactory.instance.objectNode();

    private Material(String name) {
        json.put("name", name);
        json.set("pbrMetallicRoughness", pbr);
        pbr.put("metallicFactor", 0).put("roughnessFactor", 0.8);
    }

    static Material named(String name) {
        return new Material(name);
    }

    /** {@code 0xRRGGBB} in sRGB; multiplies the texture, if there is one. */
    Material colour(int srgb) {
        return colour(srgb, 1);
    }

    Material colour(int srgb, double alpha) {
        addLinear(pbr.putArray("baseColorFactor"), srgb).add(alpha);
        return this;
    }

    Material texture(TextureUse texture) {
        pbr.set("baseColorTexture", texture.toJson());
        return this;
    }

    /** Alpha-roughness as glTF means it: 0 is a mirror. */
    Material roughness(double roughness) {
        pbr.put("roughnessFactor", roughness);
        return this;
    }

    Material metal(double metallic) {
        pbr.put("metallicFactor", metallic);
        return this;
    }

    /** Roughness in green, metal in blue; multiplied by the factors. */
    Material surfaceTexture(TextureUse texture) {
        pbr.set("metallicRoughnessTexture", texture.toJson());
        return this;
    }

    Material bumps(TextureUse normals, double scale) {
        json.set("normalTexture", normals.toJson().put("scale", scale));
        return this;
    }

    /**
     * Makes the material emissive.
     *
     * @param strength radiance of the brightest channel, as KHR_materials_emissive_strength
     */
    Material glow(int srgb, double strength) {
        addLinear(json.putArray("emissiveFactor"), srgb);
        extensions().putObject("KHR_materials_emissive_strength").put("emissiveStrength", strength);
        return this;
    }

    Material glowTexture(TextureUse texture) {
        json.set("emissiveTexture", texture.toJson());
        return this;
    }

    /** Makes the material double-sided, for paper, cloth and leaves. */
    Material thin() {
        json.put("doubleSided", true);
        return this;
    }

    /** Makes the material transparent by its alpha (alpha mode BLEND). */
    Material blend() {
        json.put("alphaMode", "BLEND");
        return this;
    }

    /** Cuts out the parts of the surface whose alpha is below 0.5 (alpha mode MASK). */
    Material cutOut() {
        json.put("alphaMode", "MASK").put("alphaCutoff", 0.5);
        return this;
    }

    ObjectNode toJson() {
        return json.deepCopy();
    }

    private ObjectNode extensions() {
        return json.withObject("/extensions");
    }

    private static ArrayNode addLinear(ArrayNode target, int srgb) {
        for (double channel : Colour.linear(srgb)) {
            target.add(channel);
        }
        return target;
    }
}
