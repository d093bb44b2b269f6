package io.renderfleet.localaws.samples;

/**
 * The box by which global illumination is judged (Goral et al. 1984; measures and colours after Cornell's published
 * data, in units of 100 mm), with a metal sphere in place of the short block.
 */
final class CornellBox {

    static final String ID = "cornell-box";
    private static final double SIDE = 5.5;

    private CornellBox() {}

    static SampleDesign model() {
        GlbBuilder glb = new GlbBuilder(ID);
        int white = glb.material(wall("white", 0xdddcd8));
        int red = glb.material(wall("red", 0xd23f3f));
        int green = glb.material(wall("green", 0x61b36c));
        int lamp = glb.material(Material.named("lamp").colour(0xc8c8c8).glow(0xffeccf, 55));
        int metal = glb.material(
                Material.named("polished metal").colour(0xe8dcc8).metal(1).roughness(0.14));

        Shape side = Surfaces.rectangle(SIDE, SIDE);
        double half = SIDE / 2;
        MeshBuilder shell = new MeshBuilder()
                .add(Surfaces.floor(SIDE, SIDE))
                .add(Affine.at(0, SIDE, 0).turnX(180), Surfaces.floor(SIDE, SIDE))
                .add(Affine.at(0, half, -half), side);
        glb.show("floor, ceiling and back", Affine.IDENTITY, shell, white);
        glb.show("left", Affine.at(-half, half, 0).turnY(90), new MeshBuilder().add(side), red);
        glb.show("right", Affine.at(half, half, 0).turnY(-90), new MeshBuilder().add(side), green);
        glb.show(
                "lamp",
                Affine.at(0, SIDE - 0.01, 0).turnX(180),
                new MeshBuilder().add(Surfaces.floor(1.3, 1.05)),
                lamp);
        glb.show(
                "tall block",
                Affine.at(-0.92, 1.65, -0.7).turnY(17),
                new MeshBuilder().add(Blocks.box(1.65, 3.3, 1.65)),
                white);
        glb.show("sphere", Affine.at(1.15, 0.95, 0.75), new MeshBuilder().add(Surfaces.sphere(0.95, 48)), metal);
        return new SampleDesign(
                        ID,
                        "The Cornell box with a metal sphere",
                        glb.build(),
                        SampleView.of(Vec3.of(0, half, half + 7.6), Vec3.of(0, half, 0), 39.5))
                .withoutEnvironment();
    }

    private static Material wall(String name, int colour) {
        return Material.named(name).colour(colour).roughness(1);
    }
}
