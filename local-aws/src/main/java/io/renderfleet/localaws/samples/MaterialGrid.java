package io.renderfleet.localaws.samples;

/**
 * Spheres over roughness (rough to the right) and metalness (metal to the back), with a front row of textured, bumpy
 * and transparent ones.
 */
final class MaterialGrid {

    static final String ID = "material-grid";
    private static final int COLUMNS = 7;
    private static final int ROWS = 5;
    private static final double RADIUS = 0.42;
    private static final int DIELECTRIC = 0x2f8f9d;
    private static final int METAL = 0xf0b66a;

    private final GlbBuilder glb = new GlbBuilder(ID);
    private final Finishes finishes = new Finishes(glb);
    private final Mesh ball = new MeshBuilder().add(Surfaces.sphere(RADIUS, 28)).build();

    private MaterialGrid() {}

    static SampleDesign model() {
        MaterialGrid grid = new MaterialGrid();
        grid.spheres();
        grid.frontRow();
        grid.surroundings();
        return new SampleDesign(
                        ID,
                        "Spheres over roughness and metalness, and seven textured ones",
                        grid.glb.build(),
                        SampleView.of(Vec3.of(0, 5.4, 8.6), Vec3.of(0, 0.1, 0.05), 29))
                .withoutEnvironment();
    }

    private void spheres() {
        for (int row = 0; row < ROWS; row++) {
            double metal = (double) row / (ROWS - 1);
            for (int column = 0; column < COLUMNS; column++) {
                double roughness = 0.04 + 0.96 * column / (COLUMNS - 1);
                show(
                        column,
                        1 - row,
                        Material.named("metal " + row + " of 4, roughness " + column + " of 6")
                                .colour(Colour.mix(DIELECTRIC, METAL, metal))
                                .metal(metal)
                                .roughness(roughness));
            }
        }
    }

    private void frontRow() {
        TextureUse hammered = glb.texture(Pictures.hammeredNormals()).every(1.2);
        TextureUse checker = glb.texture(Pictures.checker(0xe9e2d4, 0xb4472f)).every(0.66);
        TextureUse terrazzo = glb.texture(Pictures.terrazzo()).every(1.32);
        show(0, 2, Material.named("checker").texture(checker).roughness(0.35));
        show(
                1,
                2,
                Material.named("hammered copper")
                        .colour(0xe08a63)
                        .metal(1)
                        .roughness(0.22)
                        .bumps(hammered, 1));
        show(2, 2, finishes.walnut());
        show(3, 2, Material.named("terrazzo").texture(terrazzo).roughness(0.25));
        show(4, 2, finishes.fabric("wool", 0xc9493a));
        show(
                5,
                2,
                Material.named("dented paint").colour(0x2d4a8a).roughness(0.3).bumps(hammered, 0.7));
        show(
                6,
                2,
                Material.named("smoked glass")
                        .colour(0x3b4a52, 0.45)
                        .roughness(0.03)
                        .blend());
    }

    private void surroundings() {
        int paper = glb.material(Material.named("paper").colour(0xb9b4ac).roughness(0.6));
        glb.show("cove", Affine.IDENTITY, new MeshBuilder().add(Studio.cove(9, 4, 9)), paper);
        Studio.softbox(glb, "overhead", Vec3.of(-1, 7, -4), Vec3.of(0, 0, 0), 8, 4, 0xfff6e8, 8);
        Studio.softbox(glb, "key", Vec3.of(-7, 6, 6), Vec3.of(0, 0, 0), 4, 4, 0xffecd2, 7);
        Studio.softbox(glb, "strip", Vec3.of(8, 4, 2), Vec3.of(0, 0.4, 0), 1.2, 6, 0xdce9ff, 7);
    }

    private void show(int column, int row, Material material) {
        show(column, row, glb.material(material));
    }

    private void show(int column, int row, int material) {
        Affine where = Affine.at(column - (COLUMNS - 1) / 2.0, RADIUS, row).turnY(35);
        glb.show("sphere", where, glb.mesh("sphere", new GlbBuilder.Part(ball, material)));
    }
}
