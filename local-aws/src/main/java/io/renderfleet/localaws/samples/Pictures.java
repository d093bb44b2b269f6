package io.renderfleet.localaws.samples;

import java.awt.image.BufferedImage;

/** Pictures that hang on a wall or stand before a window, and surfaces that are neither wood nor cloth. */
final class Pictures {

    private static final Noise LAND = new Noise(31);
    private static final Noise STONE = new Noise(32);

    private Pictures() {}

    /** An abstract landscape: a low sun over layered hills. */
    static BufferedImage landscape() {
        int[] hills = {0xd9a679, 0xc27a54, 0x8f5548, 0x4f5a64, 0x2c4250};
        return Canvas.paint(512, 384, (u, v) -> {
            int colour = Colour.mix(0xf0e2c8, 0xe9c49a, v * 1.6);
            double sun = StrictMath.hypot((u - 0.66) * 4 / 3, v - 0.36);
            if (sun < 0.135) {
                colour = 0xd8653a;
            }
            for (int i = 0; i < hills.length; i++) {
                double ridge = 0.42 + 0.12 * i - (0.24 - 0.02 * i) * (LAND.at(u + 0.37 * i, 0.1 * i, 4, 9) - 0.35);
                if (v > ridge) {
                    colour = Colour.shade(hills[i], 1 - 0.25 * (v - ridge));
                }
            }
            return Colour.shade(colour, 0.92 + 0.14 * LAND.layered(u, v, 48, 48, 2));
        });
    }

    /** Arches and a disc, in the manner of a print. */
    static BufferedImage print() {
        int[] arches = {0x2f4a58, 0xe6dac3, 0xb4573a, 0xe6dac3, 0xd09a45};
        return Canvas.paint(256, 384, (u, v) -> {
            double x = u - 0.5;
            double y = (v - 0.62) * 1.5;
            double r = y < 0 ? StrictMath.hypot(x, y) : Math.abs(x);
            int colour = 0xefe6d6;
            if (StrictMath.hypot(u - 0.72, (v - 0.16) * 1.5) < 0.1) {
                colour = 0xb4573a;
            }
            if (r < 0.4 && v < 0.9) {
                colour = arches[Math.min((int) ((0.4 - r) / 0.08), arches.length - 1)];
            }
            return Colour.shade(colour, 0.95 + 0.08 * LAND.layered(u, v, 64, 96, 2));
        });
    }

    /** The view from a window, for an emissive material: sky, haze and trees. */
    static BufferedImage outdoors() {
        return Canvas.paint(512, 384, (u, v) -> {
            int sky = Colour.mix(0x9fc3ea, 0xeaf1f6, v * 1.7);
            double cloud = LAND.layered(u, v * 2, 4, 8, 5);
            int colour = Colour.mix(sky, 0xffffff, 3.2 * (cloud - 0.52));
            for (int i = 0; i < 3; i++) {
                double crown = 0.62 + 0.12 * i - 0.22 * LAND.layered(u + 0.29 * i, 0.5, 7, 3, 4);
                if (v > crown) {
                    int leaves = Colour.mix(0xa9bfa6, 0x5d7a4e, 0.5 * i);
                    colour = Colour.shade(leaves, 0.72 + 0.5 * LAND.layered(u, v, 24, 24, 3));
                }
            }
            return colour;
        });
    }

    /** Rolled-on paint: barely more than nothing, but a flat wall looks like plastic. */
    static BufferedImage plasterNormals() {
        return Canvas.normals(256, 256, (u, v) -> 0.004 * STONE.layered(u, v, 24, 24, 3));
    }

    /** Chips of stone in cement. */
    static BufferedImage terrazzo() {
        int[] chips = {0xb9a894, 0x8d8a86, 0xd8b79a, 0x6f7a7a, 0xf4efe6};
        return Canvas.paint(512, 512, (u, v) -> {
            int ground = Colour.shade(0xdcd7cf, 0.96 + 0.06 * STONE.layered(u, v, 64, 64, 2));
            for (int layer = 0; layer < 3; layer++) {
                int cells = 14 << layer;
                double x = u * cells;
                double y = v * cells;
                int cx = (int) x;
                int cy = (int) y;
                double dx = x - cx - 0.5 - 0.3 * (STONE.cell(cx, cy + 1000 * layer) - 0.5);
                double dy = y - cy - 0.5 - 0.3 * (STONE.cell(cy, cx + 2000 * layer) - 0.5);
                double angle = 6.3 * STONE.cell(cx + 500, cy + layer);
                double along = dx * StrictMath.cos(angle) + dy * StrictMath.sin(angle);
                double across = dy * StrictMath.cos(angle) - dx * StrictMath.sin(angle);
                double size = 0.30 * STONE.cell(cx, cy + 77 + layer);
                if (Math.abs(along) + 1.5 * Math.abs(across) < size) {
                    return chips[(int) (chips.length * STONE.cell(cx + 9, cy + 31 * layer))];
                }
            }
            return ground;
        });
    }

    /** Squares with a line around each: shows scale, seams and stretching. */
    static BufferedImage checker(int a, int b) {
        return Canvas.paint(256, 256, (u, v) -> {
            int square = ((int) (u * 8) + (int) (v * 8)) % 2 == 0 ? a : b;
            double x = Math.abs(u * 8 - Math.round(u * 8));
            double y = Math.abs(v * 8 - Math.round(v * 8));
            return Math.min(x, y) < 0.04 ? Colour.shade(square, 0.7) : square;
        });
    }

    /** Small dents, as left by a hammer. */
    static BufferedImage hammeredNormals() {
        return Canvas.normals(256, 256, (u, v) -> {
            double x = u * 10;
            double y = v * 10 + ((int) x % 2 == 0 ? 0.5 : 0);
            double dx = x - Math.floor(x) - 0.5;
            double dy = y - Math.floor(y) - 0.5;
            return 0.03 * Math.min(dx * dx + dy * dy, 0.24);
        });
    }

    /** One leaf from stalk (bottom) to tip, cut out by alpha. */
    static BufferedImage leaf() {
        return Canvas.paintWithAlpha(128, 256, (u, v) -> {
            double along = 1 - v;
            double half = 0.47 * StrictMath.pow(StrictMath.sin(StrictMath.PI * StrictMath.pow(along, 0.8)), 0.7);
            double x = Math.abs(u - 0.5);
            boolean inside = x < half || (along < 0.06 && x < 0.03);
            double rib = x < 0.018 ? 1 : 0;
            double ribs = fractionOf(along * 11 - x * 3.2) < 0.12 ? 0.45 : 0;
            int green = Colour.mix(0x3f6b34, 0x6f9a4a, 0.25 + 0.5 * LAND.layered(u, v, 8, 16, 2));
            return (inside ? 0xff000000 : 0) | Colour.mix(green, 0xa9c27c, Math.max(rib, ribs));
        });
    }

    private static double fractionOf(double t) {
        return t - Math.floor(t);
    }
}
