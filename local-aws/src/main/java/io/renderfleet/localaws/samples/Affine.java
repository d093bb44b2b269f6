package io.renderfleet.localaws.samples;

/**
 * An affine transform. Methods apply from the innermost to the outermost in reverse order of their calls:
 * {@code at(0, 1, 0).turnY(90)} turns an object about its own origin and then moves it up by one metre.
 *
 * @param x the image of the local x axis; y and z accordingly
 * @param origin the image of the local origin
 */
record Affine(Vec3 x, Vec3 y, Vec3 z, Vec3 origin) {

    static final Affine IDENTITY = at(0, 0, 0);

    static Affine at(double x, double y, double z) {
        return new Affine(Vec3.of(1, 0, 0), Vec3.of(0, 1, 0), Vec3.of(0, 0, 1), Vec3.of(x, y, z));
    }

    /** At a point with its negative z axis, along which glTF lights shine, towards another. */
    static Affine aimed(Vec3 from, Vec3 to) {
        Vec3 back = from.minus(to).unit();
        Vec3 hint = Math.abs(back.y()) > 0.999 ? Vec3.of(0, 0, 1) : Vec3.of(0, 1, 0);
        Vec3 right = hint.cross(back).unit();
        return new Affine(right, back.cross(right), back, from);
    }

    Affine move(double dx, double dy, double dz) {
        return times(at(dx, dy, dz));
    }

    Affine turnX(double degrees) {
        double c = cos(degrees);
        double s = sin(degrees);
        return times(new Affine(Vec3.of(1, 0, 0), Vec3.of(0, c, s), Vec3.of(0, -s, c), Vec3.of(0, 0, 0)));
    }

    Affine turnY(double degrees) {
        double c = cos(degrees);
        double s = sin(degrees);
        return times(new Affine(Vec3.of(c, 0, -s), Vec3.of(0, 1, 0), Vec3.of(s, 0, c), Vec3.of(0, 0, 0)));
    }

    Affine turnZ(double degrees) {
        double c = cos(degrees);
        double s = sin(degrees);
        return times(new Affine(Vec3.of(c, s, 0), Vec3.of(-s, c, 0), Vec3.of(0, 0, 1), Vec3.of(0, 0, 0)));
    }

    /** Negative factors mirror. */
    Affine scale(double sx, double sy, double sz) {
        return new Affine(x.times(sx), y.times(sy), z.times(sz), origin);
    }

    Affine times(Affine b) {
        return new Affine(direction(b.x), direction(b.y), direction(b.z), point(b.origin));
    }

    Vec3 point(Vec3 p) {
        return direction(p).plus(origin);
    }

    Vec3 direction(Vec3 d) {
        return x.times(d.x()).plus(y.times(d.y())).plus(z.times(d.z()));
    }

    boolean mirrors() {
        return x.cross(y).dot(z) < 0;
    }

    // StrictMath, so that the bytes of a design are the same on every machine.
    private static double cos(double degrees) {
        return StrictMath.cos(StrictMath.toRadians(degrees));
    }

    private static double sin(double degrees) {
        return StrictMath.sin(StrictMath.toRadians(degrees));
    }
}
