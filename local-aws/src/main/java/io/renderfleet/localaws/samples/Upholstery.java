package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Cushions as an upholsterer makes them: puffed up, with piping along the seams. */
final class Upholstery {

    private static final double PIPING = 0.0055;
    private static final int SEAM_POINTS = 52;

    private Upholstery() {}

    /** Lies flat: {@code height} is its thickness. Piping runs around its upper and lower edges. */
    static Shape boxCushion(double width, double height, double depth, int steps, UnaryOperator<Vec3> press) {
        double crispness = 7;
        return mesh -> {
            mesh.add(Blocks.cushion(width, height, depth, crispness, steps, press));
            for (double level : new double[] {-0.8, 0.8}) {
                List<Vec3> seam = seam(width, height, depth, crispness, level);
                mesh.add(Tubes.loop(PIPING, seam.stream().map(press).toList()));
            }
        };
    }

    /** No dents. */
    static Shape boxCushion(double width, double height, double depth) {
        return boxCushion(width, height, depth, 10, UnaryOperator.identity());
    }

    /** Pulls the upper side in around buttons. */
    static UnaryOperator<Vec3> tufted(List<Vec3> buttons, double depth, double reach) {
        return p -> {
            double pull = 0;
            for (Vec3 button : buttons) {
                double dx = p.x() - button.x();
                double dz = p.z() - button.z();
                pull += StrictMath.exp(-(dx * dx + dz * dz) / (reach * reach));
            }
            return p.y() > 0 ? Vec3.of(p.x(), p.y() - depth * pull, p.z()) : p;
        };
    }

    private static List<Vec3> seam(double width, double height, double depth, double crispness, double level) {
        double size = StrictMath.pow(1 - StrictMath.pow(Math.abs(level), crispness), 1 / crispness);
        List<Vec3> seam = new ArrayList<>();
        for (int i = 0; i < SEAM_POINTS; i++) {
            double angle = 2 * StrictMath.PI * i / SEAM_POINTS;
            double x = StrictMath.cos(angle);
            double z = StrictMath.sin(angle);
            double norm = StrictMath.pow(
                    StrictMath.pow(Math.abs(x), crispness) + StrictMath.pow(Math.abs(z), crispness), 1 / crispness);
            seam.add(Vec3.of(size * x / norm * width / 2, level * height / 2, size * z / norm * depth / 2));
        }
        return seam;
    }
}
