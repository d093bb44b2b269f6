package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.List;

/**
 * An armchair in a photographer's studio. Centred on the origin and about two units in radius, so that a camera at
 * (5, 3, 5) that looks at the origin frames it.
 */
final class ProductShot {

    static final String ID = "test-design-1";
    private static final double SCALE = 3.9;
    private static final double GROUND = -1.7;

    private final GlbBuilder glb = new GlbBuilder(ID);
    private final Finishes finishes = new Finishes(glb);

    private ProductShot() {}

    static SampleDesign model() {
        ProductShot shot = new ProductShot();
        shot.scene();
        shot.lights();
        return new SampleDesign(
                        ID,
                        "A lounge chair in a photographer's studio",
                        shot.glb.build(),
                        SampleView.of(Vec3.of(5, 3, 5), Vec3.of(0, 0, 0), 45))
                .withoutEnvironment();
    }

    private void scene() {
        int paper = glb.material(Material.named("backdrop").colour(0xe3d3c2).roughness(0.9));
        glb.show("cove", Affine.at(0, GROUND, 0), new MeshBuilder().add(Studio.cove(8, 5, 11)), paper);

        List<Integer> set = new ArrayList<>();
        int chair = Armchair.mesh(glb, finishes.walnut(), finishes.fabric("teal wool", 0x2a8088), finishes.brass());
        set.add(glb.show("armchair", Affine.IDENTITY, chair));
        set.add(glb.show(
                "pillow",
                Affine.at(0.07, 0.60, -0.16).turnX(-22).turnZ(8),
                new MeshBuilder().add(Blocks.pillow(0.42, 0.30, 0.13)),
                finishes.fabric("ochre linen", 0xd99a3a)));
        set.add(SideTable.with(glb, finishes, Affine.at(0.66, 0, 0.12)));
        glb.group("set", Affine.at(-0.75, GROUND, -0.1).turnY(14).scale(SCALE, SCALE, SCALE), set);
    }

    private void lights() {
        Vec3 subject = Vec3.of(0, 0, 0);
        Studio.softbox(glb, "key", Vec3.of(-3.5, 7, 6), subject, 5, 5, 0xfff0dc, 12);
        Studio.softbox(glb, "fill", Vec3.of(9, 3.5, 0), subject, 4, 6, 0xd6e6ff, 1.6);
        Studio.softbox(glb, "rim", Vec3.of(-4, 8, -6), subject, 6, 3, 0xffe0bd, 10);
    }
}
