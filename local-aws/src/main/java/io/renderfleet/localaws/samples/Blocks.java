package io.renderfleet.localaws.samples;

import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Shapes with the six sides of a cube, centred on the origin. Their texture runs along the longer edge of a side. */
final class Blocks {

    private Blocks() {}

    /** Sharp edges: twelve triangles. */
    static Shape box(double width, double height, double depth) {
        double[] ends = {-1, 1};
        return block(ends, ends, ends, true, p -> stretch(p, width, height, depth));
    }

    /** Edges rounded with radius {@code bevel}, which catch the light as real ones do. */
    static Shape roundedBox(double width, double height, double depth, double bevel, int steps) {
        double[] xs = bevelled(width / 2, bevel, steps);
        double[] ys = bevelled(height / 2, bevel, steps);
        double[] zs = bevelled(depth / 2, bevel, steps);
        return block(xs, ys, zs, false, p -> {
            Vec3 core = Vec3.of(
                    inside(p.x(), width / 2 - bevel),
                    inside(p.y(), height / 2 - bevel),
                    inside(p.z(), depth / 2 - bevel));
            return core.plus(p.minus(core).unit().times(bevel));
        });
    }

    /**
     * A superellipsoid |x|ᵏ + |y|ᵏ + |z|ᵏ = 1: upholstery. The higher {@code crispness} (k), the more it is a box.
     *
     * @param press moves the points of the finished cushion: dents, seams, channels
     */
    static Shape cushion(
            double width, double height, double depth, double crispness, int steps, UnaryOperator<Vec3> press) {
        double[] even = IntStream.rangeClosed(0, steps)
                .mapToDouble(i -> 2.0 * i / steps - 1)
                .toArray();
        return block(even, even, even, false, p -> {
            double norm = StrictMath.pow(
                    power(p.x(), crispness) + power(p.y(), crispness) + power(p.z(), crispness), 1 / crispness);
            return press.apply(stretch(p.times(1 / norm), width, height, depth));
        });
    }

    /** A loose cushion: thick in the middle, thin at its drawn-out corners; lies in the x-y plane. */
    static Shape pillow(double width, double height, double thickness) {
        double[] even = IntStream.rangeClosed(-8, 8).mapToDouble(i -> i / 8.0).toArray();
        double[] sides = {-1, 0, 1};
        return block(even, even, sides, false, p -> {
            double x = p.x();
            double y = p.y();
            double puff = StrictMath.sqrt((1 - x * x * x * x) * (1 - y * y * y * y));
            double pull = 1 - 0.07 * (2 - x * x - y * y);
            return stretch(Vec3.of(x * pull, y * pull, p.z() * (0.03 + 0.97 * puff)), width, height, thickness);
        });
    }

    private static Shape block(double[] xs, double[] ys, double[] zs, boolean sharp, UnaryOperator<Vec3> form) {
        return mesh -> {
            for (int side = -1; side <= 1; side += 2) {
                double s = side;
                face(mesh, ordered(ys, s), zs, (b, c) -> form.apply(Vec3.of(end(xs, s), b, c)), sharp);
                face(mesh, ordered(zs, s), xs, (b, c) -> form.apply(Vec3.of(c, end(ys, s), b)), sharp);
                face(mesh, ordered(xs, s), ys, (b, c) -> form.apply(Vec3.of(b, c, end(zs, s))), sharp);
            }
        };
    }

    private static void face(MeshBuilder mesh, double[] bs, double[] cs, Surfaces.Sheet form, boolean sharp) {
        double spanB =
                form.at(bs[0], cs[0]).minus(form.at(bs[bs.length - 1], cs[0])).length();
        double spanC =
                form.at(bs[0], cs[0]).minus(form.at(bs[0], cs[cs.length - 1])).length();
        int[][] grid = new int[bs.length][cs.length];
        for (int i = 0; i < bs.length; i++) {
            for (int j = 0; j < cs.length; j++) {
                double b = spanB * share(bs, i);
                double c = spanC * share(cs, j);
                Vec3 position = form.at(bs[i], cs[j]);
                grid[i][j] = spanB >= spanC ? mesh.vertex(position, b, spanC - c) : mesh.vertex(position, c, b);
            }
        }
        for (int i = 1; i < bs.length; i++) {
            for (int j = 1; j < cs.length; j++) {
                mesh.quad(grid[i - 1][j - 1], grid[i][j - 1], grid[i][j], grid[i - 1][j]);
            }
        }
        if (sharp) {
            mesh.crease();
        }
    }

    /** Backwards on the negative side, so that every face is counter-clockwise from outside. */
    private static double[] ordered(double[] values, double side) {
        return side > 0
                ? values
                : IntStream.range(0, values.length)
                        .mapToDouble(i -> values[values.length - 1 - i])
                        .toArray();
    }

    private static double end(double[] values, double side) {
        return side > 0 ? values[values.length - 1] : values[0];
    }

    private static double share(double[] values, int i) {
        double first = values[0];
        return (values[i] - first) / (values[values.length - 1] - first);
    }

    /** Coordinates along an edge whose rays from the core's corner are at even angles within each bevel. */
    private static double[] bevelled(double half, double bevel, int steps) {
        double[] values = new double[2 * steps + 2];
        for (int i = 0; i <= steps; i++) {
            double out = half - bevel + bevel * StrictMath.tan(StrictMath.PI / 4 * i / steps);
            values[steps + 1 + i] = out;
            values[steps - i] = -out;
        }
        return values;
    }

    private static double inside(double value, double limit) {
        return Math.clamp(value, -limit, limit);
    }

    private static double power(double value, double exponent) {
        return StrictMath.pow(Math.abs(value), exponent);
    }

    private static Vec3 stretch(Vec3 p, double width, double height, double depth) {
        return Vec3.of(p.x() * width / 2, p.y() * height / 2, p.z() * depth / 2);
    }
}
