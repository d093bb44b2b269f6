package io.renderfleet.render.scene;

import io.renderfleet.render.bvh.Bvh;
import io.renderfleet.render.bvh.BvhBuilder;
import io.renderfleet.render.bvh.BvhLayout;
import io.renderfleet.render.geometry.BuildCheck;
import io.renderfleet.render.geometry.Geometry;
import io.renderfleet.render.geometry.GeometryBuilder;
import io.renderfleet.render.light.Lights;
import io.renderfleet.render.light.PunctualLight;
import io.renderfleet.render.light.Sky;
import io.renderfleet.render.shading.Material;
import io.renderfleet.render.shading.Surfaces;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scene in the form in which the path tracer uses it. Immutable, shared by all threads.
 *
 * @param bvh the hierarchy of the triangles
 * @param surfaces the geometry and the materials
 * @param lights the lights
 * @param textureBytes the memory of the textures in bytes
 */
public record RenderScene(Bvh bvh, Surfaces surfaces, Lights lights, long textureBytes) {

    /** As {@link #of(GeometryBuilder, List, List, Sky, long, BuildCheck)}, without a check. */
    public static RenderScene of(
            GeometryBuilder builder,
            List<Material> materials,
            List<PunctualLight> punctual,
            @Nullable Sky sky,
            long textureBytes) {
        return of(builder, materials, punctual, sky, textureBytes, BuildCheck.NEVER);
    }

    /**
     * Builds the hierarchy and sorts the triangles into its order.
     *
     * @param sky the sky; null for the daylight sky unless there are punctual lights
     * @param check ends the building by its exception, which is passed on
     */
    public static RenderScene of(
            GeometryBuilder builder,
            List<Material> materials,
            List<PunctualLight> punctual,
            @Nullable Sky sky,
            long textureBytes,
            BuildCheck check) {
        BvhLayout layout = BvhBuilder.build(builder.triangles(), builder.triangleCount(), check);
        Geometry geometry = builder.build(layout.order(), check);
        Surfaces surfaces = new Surfaces(geometry, materials);
        Bvh bvh = layout.with(geometry.triangles(), surfaces.opacityFlags(check), surfaces);
        Lights lights =
                sky == null ? Lights.of(surfaces, punctual, check) : Lights.under(sky, surfaces, punctual, check);
        return new RenderScene(bvh, surfaces, lights, textureBytes);
    }

    public Geometry geometry() {
        return surfaces.geometry();
    }

    public long sizeInBytes() {
        return bvh.sizeInBytes() + geometry().sizeInBytes() + lights.sizeInBytes() + textureBytes;
    }
}
