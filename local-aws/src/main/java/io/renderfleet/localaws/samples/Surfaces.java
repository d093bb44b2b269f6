package io.renderfleet.localaws.samples;

/** Shapes that are one curved sheet, or several. */
final class Surfaces {

    /** Beyond this turn between two rings of a {@link #lathe} its edge stays sharp. */
    private static final double SHARP_DEGREES = 35;

    /** A sheet: {@code u} and {@code v} run from 0 to 1, and its front is where du × dv points. */
    @FunctionalInterface
    interface Sheet {
        Vec3 at(double u, double v);
    }

    private Surfaces() {}

    /** A sheet of {@code columns × rows} quads whose texture coordinates run to {@code width} and {@code height}. */
    static Shape sheet(int columns, int rows, double width, double height, Sheet sheet) {
        return mesh -> {
            int[][] grid = new int[rows + 1][columns + 1];
            for (int row = 0; row <= rows; row++) {
                double v = (double) row / rows;
                for (int column = 0; column <= columns; column++) {
                    double u = (double) column / columns;
                    grid[row][column] = mesh.vertex(sheet.at(u, v), u * width, (1 - v) * height);
                }
            }
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    mesh.quad(
                            grid[row][column], grid[row][column + 1], grid[row + 1][column + 1], grid[row + 1][column]);
                }
            }
        };
    }

    /** A rectangle in the x-y plane around the origin that faces along z. */
    static Shape rectangle(double width, double height) {
        return sheet(1, 1, width, height, (u, v) -> Vec3.of(width * (u - 0.5), height * (v - 0.5), 0));
    }

    /** A rectangle in the x-z plane around the origin that faces up. */
    static Shape floor(double width, double depth) {
        return sheet(1, 1, width, depth, (u, v) -> Vec3.of(width * (u - 0.5), 0, depth * (0.5 - v)));
    }

    static Shape sphere(double radius, int segments) {
        double girth = 2 * StrictMath.PI * radius;
        return sheet(2 * segments, segments, girth, girth / 2, (u, v) -> {
            double theta = StrictMath.PI * (v - 0.5);
            return around(u, radius * StrictMath.cos(theta), radius * StrictMath.sin(theta));
        });
    }

    /** An upright cylinder that stands on the origin, with both ends closed. */
    static Shape cylinder(double radius, double height, int segments) {
        return lathe(segments, 0, 0, radius, 0, radius, height, 0, height);
    }

    /** A leg: stands on the origin, {@code foot} wide there and {@code top} wide at the top. */
    static Shape taper(double foot, double top, double height, int segments) {
        return lathe(segments, 0, 0, foot, 0, top, height, 0, height);
    }

    /**
     * A profile turned around the y axis. Written from the bottom up on the outside of the wall it faces outwards;
     * written the other way round it faces inwards.
     *
     * @param profile radius and height in turns
     */
    static Shape lathe(int segments, double... profile) {
        double widest = 0;
        for (int i = 0; i < profile.length; i += 2) {
            widest = Math.max(widest, profile[i]);
        }
        double girth = 2 * StrictMath.PI * widest;
        return mesh -> {
            for (int i = 0; i + 3 < profile.length; i += 2) {
                if (i > 0 && turn(profile, i) > SHARP_DEGREES) {
                    mesh.crease();
                }
                ring(mesh, segments, girth, profile, i);
            }
        };
    }

    private static void ring(MeshBuilder mesh, int segments, double girth, double[] profile, int i) {
        double r0 = profile[i];
        double y0 = profile[i + 1];
        double r1 = profile[i + 2];
        double y1 = profile[i + 3];
        double length = StrictMath.hypot(r1 - r0, y1 - y0);
        sheet(segments, 1, girth, length, (u, v) -> around(u, r0 + v * (r1 - r0), y0 + v * (y1 - y0)))
                .drawInto(mesh);
    }

    private static double turn(double[] profile, int i) {
        double before = StrictMath.atan2(profile[i + 1] - profile[i - 1], profile[i] - profile[i - 2]);
        double after = StrictMath.atan2(profile[i + 3] - profile[i + 1], profile[i + 2] - profile[i]);
        double degrees = Math.abs(StrictMath.toDegrees(after - before));
        return Math.min(degrees, 360 - degrees);
    }

    private static Vec3 around(double turn, double radius, double y) {
        double angle = 2 * StrictMath.PI * turn;
        return Vec3.of(radius * StrictMath.cos(angle), y, -radius * StrictMath.sin(angle));
    }
}
