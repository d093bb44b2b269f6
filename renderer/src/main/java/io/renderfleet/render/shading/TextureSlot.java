package io.renderfleet.render.shading;

import io.renderfleet.render.geometry.Geometry;

/**
 * A texture as one material uses it, with its coordinates, their transform and the wrapping at the edges.
 *
 * @param texture the pixels
 * @param texCoord the set of coordinates, 0 or 1
 * @param transform the affine map of KHR_texture_transform: s' = t0 s + t1 t + t2, t' = t3 s + t4 t + t5
 * @param wrapS the wrapping at the left and right edge
 * @param wrapT the wrapping at the upper and lower edge
 * @param smooth whether to interpolate between pixels
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared and never modified; an array is fast.
public record TextureSlot(Texture texture, int texCoord, float[] transform, Wrap wrapS, Wrap wrapT, boolean smooth) {

    /** The largest pixel coordinate. Larger ones have no precision left and would not fit into an int. */
    private static final float FAR = 1 << 30;

    /** The identity transform. */
    public static float[] noTransform() {
        return new float[] {1, 0, 0, 0, 1, 0};
    }

    /** Writes red, green, blue and alpha at a hit, linear; colour textures are decoded from sRGB. */
    void sample(Geometry geometry, int triangle, float u, float v, boolean srgb, float[] out) {
        float s = geometry.texCoord(texCoord, 0, triangle, u, v);
        float t = geometry.texCoord(texCoord, 1, triangle, u, v);
        float x = column(s, t);
        float y = row(s, t);
        int x0 = (int) Math.floor(x);
        int y0 = (int) Math.floor(y);
        int left = wrapS.pixel(x0, texture.width);
        int upper = wrapT.pixel(y0, texture.height) * texture.width;
        if (!smooth) {
            out[0] = 0;
            out[1] = 0;
            out[2] = 0;
            out[3] = 0;
            add(texture.pixels[upper + left], 1, srgb, out);
            return;
        }
        int right = wrapS.pixel(x0 + 1, texture.width);
        int lower = wrapT.pixel(y0 + 1, texture.height) * texture.width;
        float fx = x - x0;
        float fy = y - y0;
        out[0] = 0;
        out[1] = 0;
        out[2] = 0;
        out[3] = 0;
        add(texture.pixels[upper + left], (1 - fx) * (1 - fy), srgb, out);
        add(texture.pixels[upper + right], fx * (1 - fy), srgb, out);
        add(texture.pixels[lower + left], (1 - fx) * fy, srgb, out);
        add(texture.pixels[lower + right], fx * fy, srgb, out);
    }

    /** The alpha at a hit, 0 to 1. */
    float alpha(Geometry geometry, int triangle, float u, float v) {
        float s = geometry.texCoord(texCoord, 0, triangle, u, v);
        float t = geometry.texCoord(texCoord, 1, triangle, u, v);
        float x = column(s, t);
        float y = row(s, t);
        int x0 = (int) Math.floor(x);
        int y0 = (int) Math.floor(y);
        int left = wrapS.pixel(x0, texture.width);
        int upper = wrapT.pixel(y0, texture.height) * texture.width;
        if (!smooth) {
            return (texture.pixels[upper + left] >>> 24) * (1 / 255f);
        }
        int right = wrapS.pixel(x0 + 1, texture.width);
        int lower = wrapT.pixel(y0 + 1, texture.height) * texture.width;
        float fx = x - x0;
        float fy = y - y0;
        float above = (texture.pixels[upper + left] >>> 24) * (1 - fx) + (texture.pixels[upper + right] >>> 24) * fx;
        float below = (texture.pixels[lower + left] >>> 24) * (1 - fx) + (texture.pixels[lower + right] >>> 24) * fx;
        return (above * (1 - fy) + below * fy) * (1 / 255f);
    }

    /** The position of s in pixels, relative to pixel centres. */
    private float column(float s, float t) {
        float x = transform[0] * s + transform[1] * t + transform[2];
        return held(x * texture.width - (smooth ? 0.5f : 0));
    }

    private float row(float s, float t) {
        float y = transform[3] * s + transform[4] * t + transform[5];
        return held(y * texture.height - (smooth ? 0.5f : 0));
    }

    private static float held(float coordinate) {
        return coordinate >= -FAR && coordinate <= FAR ? coordinate : 0;
    }

    private static void add(int pixel, float weight, boolean srgb, float[] out) {
        if (srgb) {
            out[0] += weight * Texture.linear(pixel >> 16);
            out[1] += weight * Texture.linear(pixel >> 8);
            out[2] += weight * Texture.linear(pixel);
        } else {
            float scaled = weight * (1 / 255f);
            out[0] += scaled * (pixel >> 16 & 0xFF);
            out[1] += scaled * (pixel >> 8 & 0xFF);
            out[2] += scaled * (pixel & 0xFF);
        }
        out[3] += weight * (1 / 255f) * (pixel >>> 24);
    }
}
