package io.renderfleet.localaws.samples;

import java.util.List;

/** A floor lamp with a glowing drum shade and a bulb inside. Stands on the origin; 1.6 m high. */
final class FloorLamp {

    private static final double SHADE_FOOT = 1.28;
    private static final int WARM = 0xffc98a;

    private FloorLamp() {}

    static int with(GlbBuilder glb, Finishes finishes, Affine where) {
        MeshBuilder brass = new MeshBuilder()
                .add(Surfaces.lathe(48, 0, 0, 0.14, 0, 0.14, 0.012, 0.13, 0.018, 0, 0.022))
                .add(Affine.at(0, 0.018, 0), Surfaces.cylinder(0.009, SHADE_FOOT + 0.1, 16));
        Shape drum = Surfaces.lathe(48, 0.22, SHADE_FOOT, 0.17, SHADE_FOOT + 0.30);
        int linen = finishes.material(
                "lampshade",
                () -> Material.named("lampshade")
                        .colour(0xf3e3c6)
                        .roughness(0.95)
                        .glow(WARM, 2.6)
                        .thin());
        return glb.group(
                "floor lamp",
                where,
                List.of(
                        glb.show("stand", Affine.IDENTITY, brass, finishes.brass()),
                        glb.show("shade", Affine.IDENTITY, new MeshBuilder().add(drum), linen),
                        glb.pointLight("bulb", Vec3.of(0, SHADE_FOOT + 0.2, 0), WARM, 2.2)));
    }
}
