package io.renderfleet.localaws.samples;

import java.util.List;

/** A three-seat sofa on wooden legs. Stands on the origin with its back to −z; 2.1 m wide. */
final class Sofa {

    private static final double[] SEATS = {-0.6, 0, 0.6};

    private Sofa() {}

    static int with(GlbBuilder glb, Finishes finishes, int cover, Affine where) {
        MeshBuilder body = new MeshBuilder()
                .add(Affine.at(0, 0.23, 0), Blocks.roundedBox(2.02, 0.16, 0.84, 0.03, 3))
                .add(Affine.at(0, 0.48, -0.36).turnX(-8), Blocks.roundedBox(1.96, 0.52, 0.14, 0.05, 3));
        for (double side : new double[] {-1, 1}) {
            Affine arm = Affine.at(side * 0.98, 0.37, 0.01).turnZ(90);
            body.add(arm, Upholstery.boxCushion(0.46, 0.15, 0.86));
        }
        for (double x : SEATS) {
            body.add(Affine.at(x, 0.375, 0.05).turnX(-3), Upholstery.boxCushion(0.605, 0.17, 0.74));
            body.add(Affine.at(x, 0.63, -0.24).turnX(74), Upholstery.boxCushion(0.595, 0.17, 0.44));
        }
        MeshBuilder legs = new MeshBuilder();
        for (double x : new double[] {-0.9, 0.9}) {
            for (double z : new double[] {-0.32, 0.34}) {
                legs.add(Affine.at(x, 0, z), Surfaces.taper(0.014, 0.024, 0.17, 16));
            }
        }
        int sofa = glb.mesh(
                "sofa", new GlbBuilder.Part(body.build(), cover), new GlbBuilder.Part(legs.build(), finishes.walnut()));
        return glb.group(
                "sofa",
                where,
                List.of(
                        glb.show("sofa", Affine.IDENTITY, sofa),
                        pillow(glb, -0.72, 12, finishes.fabric("rust velvet", 0xc8694a)),
                        pillow(glb, -0.42, -14, finishes.fabric("cream linen", 0xe9dcc4)),
                        pillow(glb, 0.70, -10, finishes.fabric("ochre linen", 0xd99a3a))));
    }

    private static int pillow(GlbBuilder glb, double x, double roll, int cover) {
        MeshBuilder pillow = new MeshBuilder().add(Blocks.pillow(0.44, 0.44, 0.17));
        return glb.show("pillow", Affine.at(x, 0.665, -0.075).turnX(-24).turnZ(roll), pillow, cover);
    }
}
