package io.renderfleet.localaws.samples;

/** A point or a direction, right-handed with y up, in metres unless a design says otherwise. */
record Vec3(double x, double y, double z) {

    static Vec3 of(double x, double y, double z) {
        return new Vec3(x, y, z);
    }

    Vec3 plus(Vec3 b) {
        return new Vec3(x + b.x, y + b.y, z + b.z);
    }

    Vec3 minus(Vec3 b) {
        return new Vec3(x - b.x, y - b.y, z - b.z);
    }

    Vec3 times(double s) {
        return new Vec3(x * s, y * s, z * s);
    }

    double dot(Vec3 b) {
        return x * b.x + y * b.y + z * b.z;
    }

    Vec3 cross(Vec3 b) {
        return new Vec3(y * b.z - z * b.y, z * b.x - x * b.z, x * b.y - y * b.x);
    }

    double length() {
        return Math.sqrt(dot(this));
    }

    /** The same direction with length one; of the zero vector, which has none, straight up. */
    Vec3 unit() {
        double length = length();
        return length < 1e-30 ? new Vec3(0, 1, 0) : times(1 / length);
    }
}
