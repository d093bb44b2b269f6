package io.renderfleet.localaws.samples;

import java.util.List;

/** A low table with a shelf, books, a bowl and a carafe. Stands on the origin; 1.1 m long in x. */
final class CoffeeTable {

    private static final double HEIGHT = 0.4;

    private CoffeeTable() {}

    static int with(GlbBuilder glb, Finishes finishes, Affine where) {
        MeshBuilder wood = new MeshBuilder()
                .add(Affine.at(0, HEIGHT - 0.015, 0), Blocks.roundedBox(1.1, 0.03, 0.56, 0.012, 3))
                .add(Affine.at(0, 0.17, 0), Blocks.roundedBox(0.86, 0.018, 0.40, 0.006, 2));
        for (double x : new double[] {-1, 1}) {
            for (double z : new double[] {-1, 1}) {
                wood.add(
                        Affine.at(0.47 * x, 0, 0.24 * z).turnZ(5 * x).turnX(-5 * z),
                        Surfaces.taper(0.012, 0.021, HEIGHT - 0.02, 16));
            }
        }
        MeshBuilder books = new MeshBuilder()
                .colour(0xd8cdb8)
                .add(Affine.at(-0.24, HEIGHT + 0.014, 0.03).turnY(12), Blocks.roundedBox(0.30, 0.028, 0.22, 0.003, 1))
                .colour(0x2f4a58)
                .add(Affine.at(-0.25, HEIGHT + 0.04, 0.03).turnY(22), Blocks.roundedBox(0.25, 0.024, 0.18, 0.003, 1));
        return glb.group(
                "coffee table",
                where,
                List.of(
                        glb.show("coffee table", Affine.IDENTITY, wood, finishes.walnut()),
                        glb.show("books", Affine.IDENTITY, books, finishes.paper()),
                        glb.show(
                                "bowl",
                                Affine.at(0.12, HEIGHT, -0.05),
                                Tableware.bowl(),
                                finishes.ceramic("speckled glaze", 0xd8d2c6, 0.3)),
                        glb.show("lemons", Affine.at(0.12, HEIGHT, -0.05), lemons(), lemonPeel(finishes)),
                        glb.show("carafe", Affine.at(0.38, HEIGHT, 0.08), Tableware.carafe(), finishes.glass())));
    }

    private static MeshBuilder lemons() {
        MeshBuilder lemons = new MeshBuilder();
        for (int i = 0; i < 4; i++) {
            Affine turned = Affine.at(0, i == 3 ? 0.105 : 0.065, 0).turnY(120 * i + 10);
            lemons.add(turned.move(i == 3 ? 0 : 0.055, 0, 0).turnZ(25).scale(1.25, 1, 1), Surfaces.sphere(0.036, 14));
        }
        return lemons;
    }

    private static int lemonPeel(Finishes finishes) {
        return finishes.ceramic("lemon peel", 0xe8b93a, 0.45);
    }
}
