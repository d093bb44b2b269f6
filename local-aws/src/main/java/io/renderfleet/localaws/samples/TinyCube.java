package io.renderfleet.localaws.samples;

/** The design with the lowest rendering cost, to measure everything except the renderer. */
final class TinyCube {

    static final String ID = "tiny-cube";

    private TinyCube() {}

    static SampleDesign model() {
        GlbBuilder glb = new GlbBuilder(ID);
        int clay = glb.material(Material.named("clay").colour(0xd98b5f));
        MeshBuilder solids =
                new MeshBuilder().add(Blocks.box(1, 1, 1)).add(Affine.at(0, -0.5, 0), Surfaces.floor(6, 6));
        glb.show("cube", Affine.IDENTITY, solids, clay);
        Studio.softbox(glb, "lamp", Vec3.of(0.8, 2.4, 1.6), Vec3.of(0, 0, 0), 2, 2, 0xffffff, 9);
        return new SampleDesign(
                ID,
                "A cube under a lamp, in a few kilobytes",
                glb.build(),
                SampleView.of(Vec3.of(2, 1.6, 2.6), Vec3.of(0, 0, 0), 40));
    }
}
