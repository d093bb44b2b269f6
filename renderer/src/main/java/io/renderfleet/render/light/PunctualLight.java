package io.renderfleet.render.light;

/**
 * A light without extent, as KHR_lights_punctual defines it: its size on screen is a point, its shadows are sharp.
 *
 * @param kind what shape its light has
 * @param x where it stands
 * @param dx the unit direction it shines in
 * @param red candela for point and spot, lux for directional
 * @param range where its light ends, infinite when it does not
 * @param spotScale of the spot's smooth edge: clamp(cosine * scale + offset)^2
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

    /** The shapes of light. */
    public enum Kind {
        POINT,
        SPOT,
        DIRECTIONAL
    }

    /** Fills in where the light is from a point and how strong it arrives; false where it does not reach. */
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
