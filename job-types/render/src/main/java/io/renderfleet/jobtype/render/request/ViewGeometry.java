package io.renderfleet.jobtype.render.request;

import io.renderfleet.jobtype.render.RenderPayload.Vector;
import io.renderfleet.problem.Violations;

/**
 * Validates that a camera's position, target and up vector define a view. The limits are those of the renderer's
 * camera.
 */
final class ViewGeometry {
    /** The smallest sine of the angle between view and up; below it rounding errors determine the picture's roll. */
    private static final double PARALLEL = 1e-6;

    private ViewGeometry() {}

    static void check(Vector position, Vector target, Vector up, Violations violations) {
        Vector view = new Vector(target.x() - position.x(), target.y() - position.y(), target.z() - position.z());
        double distance = length(view);
        if (!isUsable(distance)) {
            violations.add(
                    "camera.target",
                    distance == 0 ? "must not be the camera's position" : "is too far from the camera's position");
            return;
        }
        double upLength = length(up);
        if (!isUsable(upLength)) {
            violations.add("camera.up", upLength == 0 ? "must not be zero" : "is too long");
        } else if (length(cross(scaled(view, 1 / distance), scaled(up, 1 / upLength))) < PARALLEL) {
            violations.add("camera.up", "must not be parallel to the view; the default is 0,1,0");
        }
    }

    private static boolean isUsable(double length) {
        return length > 0 && Double.isFinite(length);
    }

    private static double length(Vector v) {
        return Math.sqrt(v.x() * v.x() + v.y() * v.y() + v.z() * v.z());
    }

    private static Vector scaled(Vector v, double factor) {
        return new Vector(v.x() * factor, v.y() * factor, v.z() * factor);
    }

    private static Vector cross(Vector a, Vector b) {
        return new Vector(a.y() * b.z() - a.z() * b.y(), a.z() * b.x() - a.x() * b.z(), a.x() * b.y() - a.y() * b.x());
    }
}
