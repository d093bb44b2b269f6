package io.renderfleet.render.light;

import io.renderfleet.render.geometry.BuildCheck;
import io.renderfleet.render.shading.Material;
import io.renderfleet.render.shading.Surfaces;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything that lights a scene. Immutable, shared by all threads. */
public final class Lights {
    private final PunctualLight[] punctual;
    private final @Nullable EmissiveTriangles emissive;
    private final @Nullable Sky sky;

    private Lights(PunctualLight[] punctual, @Nullable EmissiveTriangles emissive, @Nullable Sky sky) {
        this.punctual = punctual;
        this.emissive = emissive;
        this.sky = sky;
    }

    /**
     * The lights of a scene, with the daylight sky unless it has punctual lights. Emissive materials do not disable the
     * sky, because many scenes of products have small emissive surfaces and rely on other light.
     */
    public static Lights of(Surfaces surfaces, List<PunctualLight> punctual, BuildCheck check) {
        return new Lights(
                punctual.toArray(PunctualLight[]::new),
                EmissiveTriangles.of(surfaces, check),
                punctual.isEmpty() ? Sky.daylight() : null);
    }

    /** The lights of a scene under a given sky. */
    public static Lights under(Sky sky, Surfaces surfaces, List<PunctualLight> punctual, BuildCheck check) {
        return new Lights(punctual.toArray(PunctualLight[]::new), EmissiveTriangles.of(surfaces, check), sky);
    }

    /** The same lights without a sky. */
    public Lights withoutSky() {
        return sky == null ? this : new Lights(punctual, emissive, null);
    }

    /** The sky; null if there is none. */
    public @Nullable Sky sky() {
        return sky;
    }

    public boolean hasEmissive() {
        return emissive != null;
    }

    /** The number of punctual lights, for {@link #illuminate}. */
    public int punctualCount() {
        return punctual.length;
    }

    /** Writes the light of a punctual light at a point; false if it does not reach the point. */
    public boolean illuminate(int light, float[] point, LightSample out) {
        return punctual[light].illuminate(point[0], point[1], point[2], out);
    }

    /** Samples a point on an emissive triangle; false if it faces away from the given point. */
    public boolean sampleEmissive(float[] point, float choice, float x, float y, LightSample out) {
        return emissive != null && emissive.sample(point[0], point[1], point[2], choice, x, y, out);
    }

    /** The density over solid angle with which {@link #sampleEmissive} samples a point that a ray has hit. */
    public float emissiveDensity(Material material, float distance, float cosine) {
        return emissive == null ? 0 : emissive.densityOverArea(material) * distance * distance / Math.abs(cosine);
    }

    /** Samples a direction of the sky; false if there is no sky. */
    public boolean sampleSky(float choice, float x, float y, LightSample out) {
        if (sky == null) {
            return false;
        }
        sky.sample(choice, x, y, out);
        return true;
    }

    public long sizeInBytes() {
        return 64L * punctual.length + (emissive == null ? 0 : emissive.sizeInBytes());
    }
}
