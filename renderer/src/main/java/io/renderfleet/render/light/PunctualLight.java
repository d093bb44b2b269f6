package io.renderfleet.render.light;

/**
 * A light without extent, as KHR_lights_punctual defines it, with sharp shadows.
 *
 * @param kind the kind of the light
 * @param x the position; y and z accordingly
 * @param dx the unit direction of the light; dy and dz accordingly
 * @param red the intensity in candela for point and spot lights, in lux for directional lights; green and blue
 *     accordingly
 * @param range the distance at which the light ends; infinite if it has no range
 * @param spotScale the scale of the spot's smooth edge, clamp(cosine * scale + offset)^2; the offset accordingly
 */
public record PunctualLight(
        Kind kind,
        float x,
        float y,
        float z,
        float dx,
        float dy,
        float dz,
        float red,
        float green,
        float blue,
        float range,
        float spotScale,
        float spotOffset) {

    /** The kinds of punctual lights. */
    public enum Kind {
        POINT,
        SPOT,
        DIRECTIONAL
    }

    /** Writes the direction, distance and intensity of the light at a point; false if it does not reach the point. */
    boolean illuminate(float px, float py, float pz, LightSample out) {
        out.triangle = -1;
        out.density = 1;
        float strength = 1;
        if (kind == Kind.DIRECTIONAL) {
            out.wx = -dx;
            out.wy = -dy;
            out.wz = -dz;
            out.distance = Float.POSITIVE_INFINITY;
        } else {
            float lx = x - px;
            float ly = y - py;
            float lz = z - pz;
            float squared = lx * lx + ly * ly + lz * lz;
            if (!(squared > 0)) {
                return false;
            }
            float distance = (float) Math.sqrt(squared);
            out.wx = lx / distance;
            out.wy = ly / distance;
            out.wz = lz / distance;
            out.distance = distance;
            strength = window(distance) / squared;
            if (kind == Kind.SPOT) {
                float cosine = -(out.wx * dx + out.wy * dy + out.wz * dz);
                float edge = Math.min(Math.max(cosine * spotScale + spotOffset, 0), 1);
                strength *= edge * edge;
            }
        }
        out.radiance[0] = red * strength;
        out.radiance[1] = green * strength;
        out.radiance[2] = blue * strength;
        return strength > 0;
    }

    /** The extension's recommended fade towards the range. */
    private float window(float distance) {
        if (range == Float.POSITIVE_INFINITY) {
            return 1;
        }
        float part = distance / range;
        return Math.min(Math.max(1 - part * part * part * part, 0), 1);
    }
}
