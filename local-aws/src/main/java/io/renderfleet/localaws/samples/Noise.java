package io.renderfleet.localaws.samples;

/** Value noise that tiles over the unit square, for textures; the same for the same seed, everywhere. */
record Noise(int seed) {

    /**
     * Between 0 and 1, smooth.
     *
     * @param across how many grains fit between 0 and 1 in u; in v {@code down}
     */
    double at(double u, double v, int across, int down) {
        double x = wrap(u) * across;
        double y = wrap(v) * down;
        int x0 = (int) x;
        int y0 = (int) y;
        double fx = smooth(x - x0);
        double fy = smooth(y - y0);
        int x1 = (x0 + 1) % across;
        int y1 = (y0 + 1) % down;
        double top = cell(x0, y0) + fx * (cell(x1, y0) - cell(x0, y0));
        double bottom = cell(x0, y1) + fx * (cell(x1, y1) - cell(x0, y1));
        return top + fy * (bottom - top);
    }

    /** Several octaves, each twice as fine and half as strong; between 0 and 1. */
    double layered(double u, double v, int across, int down, int octaves) {
        double sum = 0;
        double weight = 0;
        double strength = 1;
        for (int octave = 0; octave < octaves; octave++) {
            sum += strength * at(u, v, across << octave, down << octave);
            weight += strength;
            strength /= 2;
        }
        return sum / weight;
    }

    /** Between 0 and 1, independent for each pair; also a seeded source of chance for things that have a number. */
    double cell(int x, int y) {
        int h = seed * 0x9E3779B1 + x * 0x85EBCA77 + y * 0xC2B2AE3D;
        h = (h ^ h >>> 15) * 0x2C1B3C6D;
        h = (h ^ h >>> 12) * 0x297A2D39;
        return ((h ^ h >>> 15) >>> 8) / (double) (1 << 24);
    }

    private static double wrap(double t) {
        double fraction = t - Math.floor(t);
        return fraction < 1 ? fraction : 0;
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }
}
