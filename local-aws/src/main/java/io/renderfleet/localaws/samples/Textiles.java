package io.renderfleet.localaws.samples;

import java.awt.image.BufferedImage;

/** Cloth. */
final class Textiles {

    private static final int THREADS = 24;
    private static final Noise YARN = new Noise(21);
    private static final int CREAM = 0xe6dac3;
    private static final int INK = 0x2f4a58;
    private static final int RUST = 0xb4573a;
    private static final int OCHRE = 0xd09a45;
    private static final double[] DIAMONDS = {0.08, 0.14, 0.30, 0.36, 0.54, 0.60, 0.66, 0.92, 1.00, 1.20, 1.25};
    private static final int[] DIAMOND_COLOURS = {INK, OCHRE, RUST, INK, CREAM, OCHRE, INK, CREAM, RUST, CREAM, INK};

    private Textiles() {}

    /** A plain weave of two tones of grey, to be tinted; 24 threads each way. */
    static BufferedImage weave() {
        return Canvas.paint(256, 256, (u, v) -> {
            double yarn = YARN.layered(u, v, 32, 32, 2);
            return Colour.grey(0.74 + 0.22 * weaveRelief(u, v) + 0.10 * (yarn - 0.5));
        });
    }

    static BufferedImage weaveNormals() {
        return Canvas.normals(256, 256, (u, v) -> 0.011 * weaveRelief(u, v));
    }

    /** 1 on the back of a thread, 0 between threads; warp and weft take turns on top. */
    private static double weaveRelief(double u, double v) {
        double x = u * THREADS;
        double y = v * THREADS;
        boolean weftOnTop = ((int) x + (int) y) % 2 == 0;
        double along = StrictMath.sin(StrictMath.PI * (weftOnTop ? x : y));
        double across = StrictMath.sin(StrictMath.PI * (weftOnTop ? y : x));
        return Math.abs(across) * (0.55 + 0.45 * Math.abs(along));
    }

    /** A flat-woven rug with a border, seen whole: three wide, two high. */
    static BufferedImage rug() {
        return Canvas.paint(768, 512, (u, v) -> {
            double x = 3 * Math.abs(u - 0.5);
            double y = 2 * Math.abs(v - 0.5);
            double toEdge = Math.min(1.5 - x, 1 - y);
            double thread = 0.86 + 0.14 * StrictMath.sin(2 * StrictMath.PI * 128 * v) * YARN.at(u, v, 256, 128);
            double worn = 0.90 + 0.16 * YARN.layered(u, v, 12, 8, 3);
            return Colour.shade(rugColour(x, y, toEdge), thread * worn);
        });
    }

    private static int rugColour(double x, double y, double toEdge) {
        if (toEdge < 0.05) {
            return INK;
        }
        if (toEdge < 0.16) {
            return triangles(x + y, toEdge - 0.05) ? RUST : CREAM;
        }
        if (toEdge < 0.20) {
            return INK;
        }
        // Nested diamonds with stepped edges, as in woven rugs.
        double diamond = 0.8 * x + Math.floor(y / 0.04) * 0.04;
        for (int i = 0; i < DIAMONDS.length; i++) {
            if (diamond < DIAMONDS[i]) {
                return DIAMOND_COLOURS[i];
            }
        }
        return CREAM;
    }

    private static boolean triangles(double along, double up) {
        double phase = along / 0.11 - Math.floor(along / 0.11);
        return 2 * Math.abs(phase - 0.5) > up / 0.11;
    }
}
