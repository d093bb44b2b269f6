package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Small things that stand on tables and shelves; each stands on the origin. */
final class Tableware {

    private Tableware() {}

    /** 0.2 m high. */
    static MeshBuilder vase() {
        return turned(0, 0, 0.035, 0, 0.052, 0.02, 0.066, 0.06, 0.060, 0.10, 0.032, 0.145, 0.022, 0.17, 0.030, 0.20);
    }

    /** 0.07 m high. */
    static MeshBuilder cup() {
        return turned(0, 0, 0.022, 0, 0.033, 0.015, 0.038, 0.035, 0.039, 0.07)
                .add(Tubes.tube(
                        0.0042,
                        Vec3.of(0.036, 0.055, 0),
                        Vec3.of(0.052, 0.058, 0),
                        Vec3.of(0.060, 0.042, 0),
                        Vec3.of(0.052, 0.024, 0),
                        Vec3.of(0.036, 0.020, 0)));
    }

    /** 0.1 m high, 0.3 m wide. */
    static MeshBuilder bowl() {
        return turned(0, 0, 0.05, 0, 0.07, 0.008, 0.12, 0.045, 0.15, 0.10);
    }

    /** 0.28 m high: for glass, so it has an outside only. */
    static MeshBuilder carafe() {
        return turned(0, 0, 0.05, 0, 0.060, 0.02, 0.062, 0.08, 0.040, 0.15, 0.024, 0.20, 0.026, 0.24, 0.036, 0.28);
    }

    /** A vessel with a wall of 3 mm, smooth through the points of its outside (radius and height in turns). */
    private static MeshBuilder turned(double... outside) {
        List<Vec3> points = new ArrayList<>();
        for (int i = 0; i < outside.length; i += 2) {
            points.add(Vec3.of(outside[i], outside[i + 1], 0));
        }
        List<Vec3> wall = new ArrayList<>(Tubes.spline(points, false));
        List<Vec3> inside = wall.reversed().stream()
                .map(p -> Vec3.of(Math.max(p.x() - 0.003, 0), Math.max(p.y(), 0.004), 0))
                .toList();
        wall.addAll(inside);
        double[] profile = wall.stream()
                .flatMapToDouble(p -> DoubleStream.of(Math.max(p.x(), 0), p.y()))
                .toArray();
        return new MeshBuilder().add(Surfaces.lathe(40, profile));
    }
}
