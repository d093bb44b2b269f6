package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A lounge chair: a bent wooden frame, loose cushions, brass feet. Stands on the origin and faces +z; 0.72 m wide. */
final class Armchair {

    private static final Vec3 UP = Vec3.of(0, 1, 0);
    private static final double ARM = 0.345;
    private static final double SEAT_SLOPE = -7;
    private static final double BACK_SLOPE = 70;

    private Armchair() {}

    /** The meshes, to be shown as often as wanted. */
    static int mesh(GlbBuilder glb, int wood, int fabric, int brass) {
        return glb.mesh(
                "armchair",
                new GlbBuilder.Part(frame().build(), wood),
                new GlbBuilder.Part(cushions().build(), fabric),
                new GlbBuilder.Part(feet().build(), brass));
    }

    private static MeshBuilder frame() {
        MeshBuilder frame = new MeshBuilder();
        for (double side : new double[] {-1, 1}) {
            double x = side * ARM;
            frame.add(frontLeg(side), Surfaces.taper(0.013, 0.023, 0.57, 20));
            frame.add(rearLeg(side), Surfaces.taper(0.013, 0.024, 0.56, 20));
            frame.add(Tubes.rail(
                    0.074,
                    0.026,
                    UP,
                    Vec3.of(x, 0.553, 0.43),
                    Vec3.of(x, 0.578, 0.36),
                    Vec3.of(x + side * 0.012, 0.588, 0.18),
                    Vec3.of(x + side * 0.014, 0.574, -0.05),
                    Vec3.of(x, 0.545, -0.26),
                    Vec3.of(x - side * 0.01, 0.535, -0.40)));
            frame.add(Tubes.rail(
                    0.026, 0.06, UP, Vec3.of(side * 0.315, 0.335, 0.36), Vec3.of(side * 0.315, 0.262, -0.30)));
            frame.add(Tubes.rail(
                    0.03,
                    0.04,
                    Vec3.of(0, 0.3, 1),
                    Vec3.of(side * 0.25, 0.25, -0.27),
                    Vec3.of(side * 0.25, 0.52, -0.345),
                    Vec3.of(side * 0.25, 0.87, -0.49)));
        }
        frame.add(across(0.322, 0.35, 0.07)).add(across(0.265, -0.29, 0.06));
        for (int slat = 0; slat < 4; slat++) {
            double share = slat / 3.0;
            frame.add(across(0.45 + 0.39 * share, -0.325 - 0.15 * share, slat == 3 ? 0.055 : 0.035));
        }
        return frame;
    }

    private static Shape across(double y, double z, double height) {
        double half = y > 0.4 ? 0.26 : 0.33;
        return Tubes.rail(height, 0.024, Vec3.of(0, 0, 1), Vec3.of(-half, y, z), Vec3.of(half, y, z));
    }

    private static MeshBuilder cushions() {
        List<Vec3> buttons = new ArrayList<>();
        for (double z : new double[] {-0.11, 0.09}) {
            for (double x : new double[] {-0.18, 0, 0.18}) {
                buttons.add(Vec3.of(x, 0, z));
            }
        }
        UnaryOperator<Vec3> tufts = Upholstery.tufted(buttons, 0.034, 0.05);
        Affine back = Affine.at(0, 0.665, -0.305).turnX(BACK_SLOPE);
        MeshBuilder cushions = new MeshBuilder()
                .add(Affine.at(0, 0.372, 0.045).turnX(SEAT_SLOPE), Upholstery.boxCushion(0.60, 0.15, 0.66))
                .add(back, Upholstery.boxCushion(0.60, 0.15, 0.56, 24, tufts));
        for (Vec3 button : buttons) {
            cushions.add(back.move(button.x(), 0.043, button.z()).scale(1, 0.5, 1), Surfaces.sphere(0.0125, 8));
        }
        return cushions;
    }

    private static MeshBuilder feet() {
        MeshBuilder feet = new MeshBuilder();
        for (double side : new double[] {-1, 1}) {
            feet.add(frontLeg(side), Surfaces.taper(0.0138, 0.0152, 0.055, 20));
            feet.add(rearLeg(side), Surfaces.taper(0.0138, 0.0152, 0.055, 20));
        }
        return feet;
    }

    private static Affine frontLeg(double side) {
        return Affine.at(side * ARM, 0, 0.39).turnX(-5);
    }

    private static Affine rearLeg(double side) {
        return Affine.at(side * ARM, 0, -0.42).turnX(16);
    }
}
