package io.renderfleet.render.integrator;

import io.renderfleet.render.Camera;
import io.renderfleet.render.Vec3;
import io.renderfleet.render.bvh.Ray;

/** Converts points of the picture to camera rays. */
final class View {

    /** The radius in pixels of the tent-shaped reconstruction filter. */
    private static final float FILTER_RADIUS = 0.8f;

    private final float[] position;
    private final double[] corner = new double[3];
    private final double[] perColumn = new double[3];
    private final double[] perRow = new double[3];

    View(Camera camera, int width, int height) {
        double[] forward = unit(minus(array(camera.target()), array(camera.position())));
        double[] right = unit(cross(forward, unit(array(camera.up()))));
        double[] up = cross(right, forward);
        double halfHeight = Math.tan(Math.toRadians(camera.verticalFovDegrees()) / 2);
        double halfWidth = halfHeight * width / height;
        double[] at = array(camera.position());
        position = new float[] {(float) at[0], (float) at[1], (float) at[2]};
        for (int i = 0; i < 3; i++) {
            corner[i] = forward[i] - halfWidth * right[i] + halfHeight * up[i];
            perColumn[i] = 2 * halfWidth / width * right[i];
            perRow[i] = -2 * halfHeight / height * up[i];
        }
    }

    /** Sets the ray through a pixel, at a point within the filter that two uniform numbers select. */
    void aim(int column, int row, float x, float y, Ray ray) {
        double px = column + 0.5 + FILTER_RADIUS * tent(x);
        double py = row + 0.5 + FILTER_RADIUS * tent(y);
        double dx = corner[0] + px * perColumn[0] + py * perRow[0];
        double dy = corner[1] + px * perColumn[1] + py * perRow[1];
        double dz = corner[2] + px * perColumn[2] + py * perRow[2];
        double scale = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
        ray.ox = position[0];
        ray.oy = position[1];
        ray.oz = position[2];
        ray.dx = (float) (dx * scale);
        ray.dy = (float) (dy * scale);
        ray.dz = (float) (dz * scale);
    }

    /** A uniform number turned into one from -1 to 1 with the density of a tent. */
    private static float tent(float uniform) {
        return uniform < 0.5f ? (float) Math.sqrt(2 * uniform) - 1 : 1 - (float) Math.sqrt(2 - 2 * uniform);
    }

    private static double[] array(Vec3 v) {
        return new double[] {v.x(), v.y(), v.z()};
    }

    private static double[] minus(double[] a, double[] b) {
        return new double[] {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    }

    private static double[] cross(double[] a, double[] b) {
        return new double[] {
            a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
        };
    }

    private static double[] unit(double[] a) {
        double scale = 1 / Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
        return new double[] {a[0] * scale, a[1] * scale, a[2] * scale};
    }
}
