package io.renderfleet.render;

/**
 * A pinhole camera looking from {@code position} at {@code target}.
 *
 * @param position the position of the camera
 * @param target the point in the middle of the picture; differs from {@code position}
 * @param up the direction that is up in the picture; not parallel to the view
 * @param verticalFovDegrees the angle between the lower and the upper edge of the picture, 1 to 179
 */
public record Camera(Vec3 position, Vec3 target, Vec3 up, double verticalFovDegrees) {

    /** The smallest sine of the angle between view and up; below it rounding errors determine the picture's roll. */
    private static final double PARALLEL = 1e-6;

    /**
     * Validates the values.
     *
     * @throws IllegalArgumentException if they do not define a view
     */
    public Camera {
        if (!position.isFinite() || !target.isFinite() || !up.isFinite()) {
            throw new IllegalArgumentException("camera position, target and up must be finite numbers");
        }
        if (!(verticalFovDegrees >= 1 && verticalFovDegrees <= 179)) {
            throw new IllegalArgumentException("camera fov must be between 1 and 179 degrees");
        }
        Vec3 view = target.minus(position);
        double length = view.length();
        if (!(length > 0 && Double.isFinite(length))) {
            throw new IllegalArgumentException("camera position and target must be two different points");
        }
        double upLength = up.length();
        if (!(upLength > 0 && Double.isFinite(upLength))
                || view.times(1 / length).cross(up.times(1 / upLength)).length() < PARALLEL) {
            throw new IllegalArgumentException("camera up must not be zero or parallel to the view");
        }
    }
}
