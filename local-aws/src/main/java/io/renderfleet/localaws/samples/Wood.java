package io.renderfleet.localaws.samples;

import java.awt.image.BufferedImage;

/** Wood with its grain along u. */
final class Wood {

    private static final int ROWS = 8;
    private static final Noise GRAIN = new Noise(11);
    private static final Noise BOARDS = new Noise(12);

    private Wood() {}

    /** Fine straight-grained timber in greys, to be tinted by a material: one metre by half a metre. */
    static BufferedImage timber() {
        return Canvas.paint(512, 256, (u, v) -> {
            double bend = 0.05 * GRAIN.layered(u, v, 2, 2, 2);
            double rings = 0.5 + 0.5 * StrictMath.sin(2 * StrictMath.PI * 9 * (v + bend));
            double fibres = GRAIN.layered(u, v, 6, 96, 2);
            double pores = GRAIN.at(u, v, 24, 128) > 0.86 ? 0.14 : 0;
            return Colour.grey(0.98 - 0.24 * rings * fibres - 0.18 * (1 - fibres) - pores);
        });
    }

    static BufferedImage timberNormals() {
        return Canvas.normals(256, 256, (u, v) -> 0.0022 * GRAIN.layered(u, v, 5, 64, 2));
    }

    /** An oak floor of eight rows of staggered boards. */
    static BufferedImage planks() {
        return Canvas.paint(1024, 512, (u, v) -> {
            int row = (int) (v * ROWS);
            int board = board(u, row);
            double tone = BOARDS.cell(row, board);
            double own = 0.37 * tone + 0.13 * row;
            double fibres = GRAIN.layered(u + own, v + own, 6, 96, 3);
            double bend = 0.35 * GRAIN.layered(u + own, v + own, 3, 8, 2);
            double rings = 0.5 + 0.5 * StrictMath.sin(2 * StrictMath.PI * (4 * v * ROWS + 6 * bend + 9 * tone));
            int oak = Colour.mix(0x8f6440, 0xc69868, 0.25 + 0.5 * tone);
            int grained = Colour.mix(oak, 0x6e4527, 0.28 * rings * rings + 0.42 * (1 - fibres) - 0.08);
            return Colour.shade(grained, 1 - 0.72 * gap(u, v));
        });
    }

    static BufferedImage planksNormals() {
        return Canvas.normals(512, 256, (u, v) -> 0.0007 * GRAIN.layered(u, v, 8, 96, 2) - 0.0035 * gap(u, v));
    }

    /** How rough the floor is, in green: worn smooth in places, dull in the gaps. */
    static BufferedImage planksSurface() {
        return Canvas.paint(256, 128, (u, v) -> {
            double rough = 0.30 + 0.22 * GRAIN.layered(u, v, 6, 6, 3) + 0.10 * BOARDS.cell((int) (v * ROWS), 99);
            return Colour.rgb(255, 255 * rough, 0);
        });
    }

    /** Two boards a row, each row shifted by its own amount. */
    private static int board(double u, int row) {
        return (int) (2 * fraction(u + BOARDS.cell(row, 7)));
    }

    /** 1 inside the joints between boards, falling to 0 beside them. */
    private static double gap(double u, double v) {
        int row = (int) (v * ROWS);
        double across = Math.abs(fraction(v * ROWS + 0.5) - 0.5) / ROWS;
        double along = Math.abs(fraction(2 * fraction(u + BOARDS.cell(row, 7)) + 0.5) - 0.5);
        return Math.max(edge(across / 0.0022), edge(along / 0.0024));
    }

    private static double edge(double distance) {
        return Math.clamp(1.4 - distance, 0, 1);
    }

    private static double fraction(double t) {
        return t - Math.floor(t);
    }
}
