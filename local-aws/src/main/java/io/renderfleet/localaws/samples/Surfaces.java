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

    /** A round plate in the x-z plane that faces up, textured like a board. */
    static Shape disc(double radius, int segments) {
        return mesh -> {
            int centre = mesh.vertex(Vec3.of(0, 0, 0), 0, 0);
            int before = mesh.vertex(around(0, radius, 0), radius, 0);
            for (int segment = 1; segment <= segments; segment++) {
                Vec3 rim = around((double) segment / segments, radius, 0);
                int next = mesh.vertex(rim, rim.x(), rim.z());
                mesh.triangle(centre, before, next);
                before = next;
            }
        };
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
        return mesh -> {
            double run = 0;
            for (int i = 0; i + 3 < profile.length; i += 2) {
                if (i > 0 && turn(profile, i) > SHARP_DEGREES) {
                    mesh.crease();
                }
                double length = StrictMath.hypot(profile[i + 2] - profile[i], profile[i + 3] - profile[i + 1]);
                ring(mesh, segments, profile, i, run, run + length);
                run += length;
            }
        };
    }

    /** The texture runs along the profile: the grain of a turned leg is upright. */
    private static void ring(MeshBuilder mesh, int segments, double[] profile, int i, double from, double to) {
        double girth = 2 * StrictMath.PI * Math.max(profile[i], profile[i + 2]);
        int[] low = new int[segments + 1];
        int[] high = new int[segments + 1];
        for (int segment = 0; segment <= segments; segment++) {
            double turn = (double) segment / segments;
            low[segment] = mesh.vertex(around(turn, profile[i], profile[i + 1]), from, turn * girth);
            high[segment] = mesh.vertex(around(turn, profile[i + 2], profile[i + 3]), to, turn * girth);
        }
        for (int segment = 0; segment < segments; segment++) {
            mesh.quad(low[segment], low[segment + 1], high[segment + 1], high[segment]);
        }
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
