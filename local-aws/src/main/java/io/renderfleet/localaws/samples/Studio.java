package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.List;

/** What stands around a product when its picture is taken. */
final class Studio {

    private Studio() {}

    /** An infinity cove: a round floor that curves up into a wall all around, without a line between them. */
    static Shape cove(double floorRadius, double curve, double wallHeight) {
        List<Double> profile = new ArrayList<>(List.of(floorRadius + curve, wallHeight));
        for (int step = 0; step <= 16; step++) {
            double angle = StrictMath.PI / 2 * step / 16;
            profile.add(floorRadius + curve * StrictMath.cos(angle));
            profile.add(curve * (1 - StrictMath.sin(angle)));
        }
        for (double share = 0.8; share > -0.1; share -= 0.2) {
            profile.add(floorRadius * Math.max(share, 0));
            profile.add(0.0);
        }
        return Surfaces.lathe(
                96, profile.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** A rectangular lamp at {@code from} that shines towards {@code to}. */
    static void softbox(
            GlbBuilder glb, String name, Vec3 from, Vec3 to, double width, double height, int colour, double radiance) {
        int lamp = glb.material(Material.named(name).colour(0x101010).glow(colour, radiance));
        MeshBuilder panel = new MeshBuilder().add(Affine.IDENTITY.turnY(180), Surfaces.rectangle(width, height));
        glb.show(name, Affine.aimed(from, to), panel, lamp);
    }
}
