package io.renderfleet.render.geometry;

/** An affine map from a node's space to its parent's, in double precision; immutable. */
public final class Transform {

    /** The identity. */
    public static final Transform IDENTITY =
            new Transform(new double[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});

    /** Column by column, as glTF stores matrices; the last row is taken to be 0, 0, 0, 1. */
    private final double[] m;

    private Transform(double[] columns) {
        m = columns;
    }

    /** Creates a map from sixteen numbers in column-major order. */
    public static Transform ofMatrix(float[] columns) {
        double[] m = new double[16];
        for (int i = 0; i < 16; i++) {
            m[i] = columns[i];
        }
        return new Transform(m);
    }

    /** Scale, then rotation by a quaternion (x, y, z, w) that is normalized here, then translation. */
    public static Transform ofParts(double[] translation, double[] rotation, double[] scale) {
        double norm = Math.sqrt(rotation[0] * rotation[0]
                + rotation[1] * rotation[1]
                + rotation[2] * rotation[2]
                + rotation[3] * rotation[3]);
        double x = norm > 0 ? rotation[0] / norm : 0;
        double y = norm > 0 ? rotation[1] / norm : 0;
        double z = norm > 0 ? rotation[2] / norm : 0;
        double w = norm > 0 ? rotation[3] / norm : 1;
        return new Transform(new double[] {
            (1 - 2 * (y * y + z * z)) * scale[0],
            2 * (x * y + z * w) * scale[0],
            2 * (x * z - y * w) * scale[0],
            0,
            2 * (x * y - z * w) * scale[1],
            (1 - 2 * (x * x + z * z)) * scale[1],
            2 * (y * z + x * w) * scale[1],
            0,
            2 * (x * z + y * w) * scale[2],
            2 * (y * z - x * w) * scale[2],
            (1 - 2 * (x * x + y * y)) * scale[2],
            0,
            translation[0],
            translation[1],
            translation[2],
            1
        });
    }

    /** The composition that applies {@code inner} first and then this map. */
    public Transform after(Transform inner) {
        double[] product = new double[16];
        for (int column = 0; column < 4; column++) {
            for (int row = 0; row < 3; row++) {
                double sum = column == 3 ? m[12 + row] : 0;
                for (int k = 0; k < 3; k++) {
                    sum += m[4 * k + row] * inner.m[4 * column + k];
                }
                product[4 * column + row] = sum;
            }
        }
        product[15] = 1;
        return new Transform(product);
    }

    /** Whether every number is finite. */
    public boolean isFinite() {
        for (double value : m) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the map mirrors, which reverses the winding of triangles. */
    public boolean mirrors() {
        return determinant() < 0;
    }

    /** One coordinate of a mapped point: axis 0, 1 or 2. */
    public double point(int axis, double x, double y, double z) {
        return direction(axis, x, y, z) + m[12 + axis];
    }

    /** One coordinate of a mapped direction. */
    public double direction(int axis, double x, double y, double z) {
        return m[axis] * x + m[4 + axis] * y + m[8 + axis] * z;
    }

    /** One coordinate of a mapped surface normal, of any length; zero where the map flattens the surface away. */
    public double normal(int axis, double x, double y, double z) {
        // The cofactor matrix is the inverse transpose times the determinant, and exists for singular maps too.
        int a = (axis + 1) % 3;
        int b = (axis + 2) % 3;
        double sign = mirrors() ? -1 : 1;
        return sign
                * ((m[4 + a] * m[8 + b] - m[4 + b] * m[8 + a]) * x
                        + (m[8 + a] * m[b] - m[8 + b] * m[a]) * y
                        + (m[a] * m[4 + b] - m[b] * m[4 + a]) * z);
    }

    private double determinant() {
        return m[0] * (m[5] * m[10] - m[6] * m[9])
                - m[4] * (m[1] * m[10] - m[2] * m[9])
                + m[8] * (m[1] * m[6] - m[2] * m[5]);
    }
}
