package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.List;

/** Shapes drawn along a line: rods, bent rails, piping, arcs of brass. */
final class Tubes {

    private static final int STEPS_PER_SPAN = 4;

    private Tubes() {}

    /** A straight round rod with closed ends. */
    static Shape rod(Vec3 from, Vec3 to, double radius) {
        return sweep(List.of(from, to), radius, radius, 2, 10, Vec3.of(0.3, 0.1, 1));
    }

    /** A round tube through the points, smoothly, with closed ends. */
    static Shape tube(double radius, Vec3... through) {
        return sweep(spline(List.of(through), false), radius, radius, 2, 10, Vec3.of(0.2, 0.3, 1));
    }

    /**
     * A rail through the points, smoothly, with a section of {@code width × thickness} that lies flat against
     * {@code up}: a rectangle with soft edges.
     */
    static Shape rail(double width, double thickness, Vec3 up, Vec3... through) {
        return sweep(spline(List.of(through), false), width / 2, thickness / 2, 5, 16, up);
    }

    /** A closed loop: the piping around a cushion. */
    static Shape loop(double radius, List<Vec3> around) {
        List<Vec3> closed = new ArrayList<>(around);
        closed.add(around.getFirst());
        return sweep(closed, radius, radius, 2, 5, Vec3.of(0.01, 1, 0.02));
    }

    private static Shape sweep(List<Vec3> line, double a, double b, double squareness, int sides, Vec3 up) {
        boolean closed = line.getFirst().equals(line.getLast());
        int last = line.size() - 1;
        double length = 0;
        for (int i = 1; i <= last; i++) {
            length += line.get(i).minus(line.get(i - 1)).length();
        }
        double run = length;
        return mesh -> {
            // Width first: the texture's grain then runs along the line, as in bent wood.
            Surfaces.sheet(last, sides, run, 4 * (a + b) * 0.8, (u, v) -> {
                        int i = (int) Math.round(u * last);
                        return section(line, closed ? i % last : i, closed, a, b, squareness, up, v);
                    })
                    .drawInto(mesh);
            if (!closed) {
                mesh.crease();
                cap(mesh, line, 0, a, b, squareness, sides, up);
                cap(mesh, line, last, a, b, squareness, sides, up);
            }
        };
    }

    private static void cap(
            MeshBuilder mesh, List<Vec3> line, int at, double a, double b, double squareness, int sides, Vec3 up) {
        int centre = mesh.vertex(line.get(at), 0, 0);
        int previous = -1;
        for (int side = 0; side <= sides; side++) {
            double v = (double) side / sides;
            int rim = mesh.vertex(section(line, at, false, a, b, squareness, up, v), a, b);
            if (previous >= 0 && at == 0) {
                mesh.triangle(centre, previous, rim);
            } else if (previous >= 0) {
                mesh.triangle(centre, rim, previous);
            }
            previous = rim;
        }
        mesh.crease();
    }

    /** A point of the section at {@code turn} (0 to 1) around the line's point {@code i}: a superellipse. */
    private static Vec3 section(
            List<Vec3> line, int i, boolean closed, double a, double b, double squareness, Vec3 up, double turn) {
        int last = line.size() - 1;
        Vec3 before = closed ? line.get((i + last - 1) % last) : line.get(Math.max(i - 1, 0));
        Vec3 after = line.get(closed ? (i + 1) % last : Math.min(i + 1, last));
        Vec3 along = after.minus(before).unit();
        Vec3 side = along.cross(up).unit();
        Vec3 top = side.cross(along);
        double angle = 2 * StrictMath.PI * turn;
        return line.get(i)
                .plus(side.times(a * soften(StrictMath.cos(angle), squareness)))
                .plus(top.times(b * soften(StrictMath.sin(angle), squareness)));
    }

    private static double soften(double cosine, double squareness) {
        return Math.copySign(StrictMath.pow(Math.abs(cosine), 2 / squareness), cosine);
    }

    /** A uniform Catmull-Rom spline through the points. */
    static List<Vec3> spline(List<Vec3> points, boolean closed) {
        int count = points.size();
        int spans = closed ? count : count - 1;
        List<Vec3> line = new ArrayList<>();
        for (int span = 0; span < spans; span++) {
            Vec3 p0 = points.get(closed ? (span + count - 1) % count : Math.max(span - 1, 0));
            Vec3 p1 = points.get(span);
            Vec3 p2 = points.get((span + 1) % count);
            Vec3 p3 = points.get(closed ? (span + 2) % count : Math.min(span + 2, count - 1));
            for (int step = 0; step < STEPS_PER_SPAN; step++) {
                line.add(catmullRom(p0, p1, p2, p3, (double) step / STEPS_PER_SPAN));
            }
        }
        if (!closed) {
            line.add(points.getLast());
        }
        return line;
    }

    private static Vec3 catmullRom(Vec3 p0, Vec3 p1, Vec3 p2, Vec3 p3, double t) {
        Vec3 linear = p2.minus(p0).times(t);
        Vec3 square = p0.times(2).minus(p1.times(5)).plus(p2.times(4)).minus(p3).times(t * t);
        Vec3 cube = p1.minus(p2).times(3).plus(p3).minus(p0).times(t * t * t);
        return p1.times(2).plus(linear).plus(square).plus(cube).times(0.5);
    }
}
