package io.renderfleet.localaws.samples;

import java.util.List;

/** A round side table on three legs with a vase, a book and a cup on it. Stands on the origin; 0.5 m high. */
final class SideTable {

    private static final double HEIGHT = 0.5;

    private SideTable() {}

    static int with(GlbBuilder glb, Finishes finishes, Affine where) {
        MeshBuilder wood = new MeshBuilder()
                .add(
                        Affine.at(0, HEIGHT - 0.022, 0),
                        Surfaces.lathe(64, 0, 0, 0.205, 0, 0.222, 0.012, 0.222, 0.019, 0.219, 0.022))
                .add(Affine.at(0, HEIGHT, 0), Surfaces.disc(0.219, 64));
        MeshBuilder brass = new MeshBuilder();
        for (int leg = 0; leg < 3; leg++) {
            Affine foot =
                    Affine.IDENTITY.turnY(40 + 120.0 * leg).move(0.18, 0, 0).turnZ(9);
            wood.add(foot, Surfaces.taper(0.010, 0.017, 0.488, 16));
            brass.add(foot, Surfaces.taper(0.0108, 0.0122, 0.045, 16));
        }
        int table = glb.mesh(
                "side table",
                new GlbBuilder.Part(wood.build(), finishes.walnut()),
                new GlbBuilder.Part(brass.build(), finishes.brass()));
        return glb.group(
                "side table",
                where,
                List.of(
                        glb.show("side table", Affine.IDENTITY, table),
                        vase(glb, finishes),
                        glb.show(
                                "book",
                                Affine.at(0.04, HEIGHT + 0.013, 0.08).turnY(25),
                                new MeshBuilder().colour(0xb4573a).add(Blocks.roundedBox(0.15, 0.026, 0.21, 0.003, 1)),
                                finishes.paper()),
                        glb.show(
                                "cup",
                                Affine.at(0.05, HEIGHT + 0.026, 0.08),
                                Tableware.cup(),
                                finishes.ceramic("cream glaze", 0xe9e0d0, 0.2))));
    }

    private static int vase(GlbBuilder glb, Finishes finishes) {
        return glb.group(
                "vase",
                Affine.at(-0.07, HEIGHT, -0.08),
                List.of(
                        glb.show(
                                "vase",
                                Affine.IDENTITY,
                                Tableware.vase(),
                                finishes.ceramic("white glaze", 0xf1ece4, 0.28)),
                        Plant.sprig(glb, finishes, Affine.at(0, 0.15, 0))));
    }
}
