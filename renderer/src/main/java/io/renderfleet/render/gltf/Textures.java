package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.GlTF;
import de.javagl.jgltf.impl.v2.Sampler;
import de.javagl.jgltf.impl.v2.Texture;
import de.javagl.jgltf.impl.v2.TextureInfo;
import de.javagl.jgltf.model.GltfConstants;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.shading.TextureSlot;
import io.renderfleet.render.shading.Wrap;
import org.jspecify.annotations.Nullable;

/** Turns a material's texture references into slots. */
final class Textures {
    private final GlTF gltf;
    private final Images images;

    Textures(GlTF gltf, Images images) {
        this.gltf = gltf;
        this.images = images;
    }

    /** Checks a reference without decoding the image; gives the image's number, or null where there is none. */
    @Nullable
    Integer check(@Nullable TextureInfo info) {
        if (info == null) {
            return null;
        }
        Texture texture = Checks.element(gltf.getTextures(), info.getIndex(), "texture");
        if (texture.getSampler() != null) {
            Checks.element(gltf.getSamplers(), texture.getSampler(), "sampler");
        }
        int set = texCoord(info);
        if (set > 1) {
            throw new InvalidSceneException(
                    "unsupported-texcoord", "A texture uses TEXCOORD_" + set + "; only sets 0 and 1 are supported.");
        }
        if (texture.getSource() != null) {
            images.check(texture.getSource());
        }
        return texture.getSource();
    }

    @Nullable
    TextureSlot slot(@Nullable TextureInfo info) {
        Integer image = check(info);
        if (info == null || image == null) {
            return null;
        }
        Texture texture = Checks.element(gltf.getTextures(), info.getIndex(), "texture");
        Sampler sampler = texture.getSampler() == null
                ? null
                : Checks.element(gltf.getSamplers(), texture.getSampler(), "sampler");
        boolean smooth =
                sampler == null || sampler.getMagFilter() == null || sampler.getMagFilter() != GltfConstants.GL_NEAREST;
        return new TextureSlot(
                images.decode(image),
                texCoord(info),
                transform(info),
                wrap(sampler == null ? null : sampler.getWrapS()),
                wrap(sampler == null ? null : sampler.getWrapT()),
                smooth);
    }

    private static int texCoord(TextureInfo info) {
        Extensions transform = Extensions.of(info, "KHR_texture_transform");
        Integer replaced = transform == null ? null : transform.index("texCoord");
        int set = replaced == null ? Checks.orZero(info.getTexCoord()) : replaced;
        return Math.max(set, 0);
    }

    /** Scale, then rotation counter-clockwise, then offset, as KHR_texture_transform multiplies them. */
    private static float[] transform(TextureInfo info) {
        Extensions transform = Extensions.of(info, "KHR_texture_transform");
        if (transform == null) {
            return TextureSlot.noTransform();
        }
        float[] offset = transform.numbers("offset", 0, 0);
        float[] scale = transform.numbers("scale", 1, 1);
        double angle = transform.number("rotation", 0);
        float cos = (float) Math.cos(angle);
        float sin = (float) Math.sin(angle);
        return new float[] {
            cos * scale[0], sin * scale[1], offset[0],
            -sin * scale[0], cos * scale[1], offset[1],
        };
    }

    private static Wrap wrap(@Nullable Integer mode) {
        return switch (mode == null ? GltfConstants.GL_REPEAT : mode) {
            case GltfConstants.GL_CLAMP_TO_EDGE -> Wrap.CLAMP;
            case GltfConstants.GL_MIRRORED_REPEAT -> Wrap.MIRROR;
            default -> Wrap.REPEAT;
        };
    }
}
