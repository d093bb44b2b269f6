package io.renderfleet.localaws.samples;

/**
 * A camera that frames a {@link SampleDesign} on a 16:9 picture. Its JSON form is that of a render request's
 * {@code camera}.
 *
 * @param position the position of the camera, in the design's units
 * @param target the point in the middle of the picture, different from {@code position}
 * @param up a direction that points up in the picture, not along the view
 * @param fov vertical field of view in degrees, above 0 and below 180
 */
public record SampleView(Point position, Point target, Point up, double fov) {

    public SampleView {
        if (position.equals(target)) {
            throw new IllegalArgumentException("The position must differ from the target " + target);
        }
        if (!(fov > 0 && fov < 180)) {
            throw new IllegalArgumentException("The field of view must be between 0 and 180 degrees, not " + fov);
        }
    }

    /** A position or a direction, right-handed with y up; all three are finite. */
    public record Point(double x, double y, double z) {

        public Point {
            if (!Double.isFinite(x + y + z)) {
                throw new IllegalArgumentException("Not a finite point: " + x + ", " + y + ", " + z);
            }
        }
    }

    static SampleView of(Vec3 position, Vec3 target, double fov) {
        return new SampleView(point(position), point(target), new Point(0, 1, 0), fov);
    }

    private static Point point(Vec3 v) {
        return new Point(v.x(), v.y(), v.z());
    }
}
