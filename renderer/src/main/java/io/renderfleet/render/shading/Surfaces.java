package io.renderfleet.render.shading;

import io.renderfleet.render.bvh.Opacity;
import io.renderfleet.render.geometry.BuildCheck;
import io.renderfleet.render.geometry.Geometry;
import java.util.List;

/** The surfaces of a scene: geometry, materials and their properties at each point. Immutable and thread-safe. */
public final class Surfaces implements Opacity {
    private final Geometry geometry;
    private final Material[] materials;

    public Surfaces(Geometry geometry, List<Material> materials) {
        this.geometry = geometry;
        this.materials = materials.toArray(Material[]::new);
    }

    public Geometry geometry() {
        return geometry;
    }

    public Material material(int triangle) {
        return materials[geometry.material(triangle)];
    }

    /** The hierarchy's flags of each triangle, in the geometry's order. */
    public byte[] opacityFlags(BuildCheck check) {
        byte[] flags = new byte[geometry.triangleCount()];
        for (int i = 0; i < flags.length; i++) {
            check.at(i);
            Material material = material(i);
            boolean tested = material.alphaMode() != AlphaMode.OPAQUE
                    && (material.baseColour()[3] < 1 || material.baseColourTexture() != null || geometry.hasColours());
            flags[i] = (byte) ((material.doubleSided() ? SOLID : FRONT_ONLY) | (tested ? TESTED : SOLID));
        }
        return flags;
    }

    @Override
    public float alpha(int triangle, float u, float v) {
        Material material = material(triangle);
        float alpha = material.baseColour()[3] * geometry.colour(3, triangle, u, v);
        TextureSlot texture = material.baseColourTexture();
        if (texture != null) {
            alpha *= texture.alpha(geometry, triangle, u, v);
        }
        if (material.alphaMode() == AlphaMode.MASK) {
            return alpha >= material.alphaCutoff() ? 1 : 0;
        }
        return alpha;
    }

    /** Writes the radiance that a point of a triangle emits; {@code scratch} must have four floats. */
    public void emission(int triangle, float u, float v, float[] scratch, float[] out) {
        Material material = material(triangle);
        float[] factor = material.emission();
        TextureSlot texture = material.emissionTexture();
        if (texture == null) {
            out[0] = factor[0];
            out[1] = factor[1];
            out[2] = factor[2];
            return;
        }
        texture.sample(geometry, triangle, u, v, true, scratch);
        out[0] = factor[0] * scratch[0];
        out[1] = factor[1] * scratch[1];
        out[2] = factor[2] * scratch[2];
    }
}
