package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.List;

/** An open bookcase with its back to −z, full of books in the colours of the room. Stands on the origin. */
final class Bookcase {

    private static final double WIDTH = 1.0;
    private static final double HEIGHT = 1.95;
    private static final double DEPTH = 0.30;
    private static final double BOARD = 0.022;
    private static final int SHELVES = 5;
    private static final int[] SPINES = {
        0x2f4a58, 0xb4573a, 0xd09a45, 0xe6dac3, 0x5b6f5a, 0x7c3b32, 0x8fa3a8, 0x39332e, 0xc9b48f, 0x24565c
    };
    private static final Noise CHANCE = new Noise(51);

    private Bookcase() {}

    static int with(GlbBuilder glb, Finishes finishes, Affine where) {
        double gap = (HEIGHT - 0.10 - BOARD) / SHELVES;
        MeshBuilder wood = new MeshBuilder()
                .add(Affine.at(0, HEIGHT / 2, -DEPTH / 2 + 0.005), Blocks.box(WIDTH, HEIGHT - 0.01, 0.01));
        for (double side : new double[] {-1, 1}) {
            wood.add(
                    Affine.at(side * (WIDTH - BOARD) / 2, HEIGHT / 2, 0),
                    Blocks.roundedBox(BOARD, HEIGHT, DEPTH, 0.002, 1));
        }
        MeshBuilder books = new MeshBuilder();
        List<Integer> parts = new ArrayList<>();
        for (int shelf = 0; shelf <= SHELVES; shelf++) {
            double y = 0.10 + shelf * gap;
            wood.add(Affine.at(0, y + BOARD / 2, 0), Blocks.roundedBox(WIDTH - 2 * BOARD, BOARD, DEPTH, 0.002, 1));
            if (shelf < SHELVES) {
                fill(books, shelf, y + BOARD, gap - BOARD);
            }
        }
        parts.add(glb.show("bookcase", Affine.IDENTITY, wood, finishes.oak()));
        parts.add(glb.show("books", Affine.IDENTITY, books, finishes.paper()));
        parts.add(glb.show(
                "vase",
                Affine.at(0.28, 0.10 + 3 * gap + BOARD, 0.02),
                Tableware.vase(),
                finishes.ceramic("blue glaze", 0x2d5870, 0.18)));
        parts.add(glb.show(
                "bowl",
                Affine.at(-0.25, 0.10 + 2 * gap + BOARD, 0).scale(0.9, 0.9, 0.8),
                Tableware.bowl(),
                finishes.ceramic("white glaze", 0xf1ece4, 0.28)));
        parts.add(glb.show(
                "globe",
                Affine.at(0.05, HEIGHT + 0.115, 0),
                new MeshBuilder().add(Surfaces.sphere(0.11, 20)),
                finishes.brass()));
        return glb.group("bookcase", where, parts);
    }

    /** From one side to where this shelf's row ends; the last book leans. */
    private static void fill(MeshBuilder books, int shelf, double y, double room) {
        boolean fromRight = shelf % 2 == 0;
        double end = 0.35 + 0.5 * CHANCE.cell(shelf, 3);
        double x = 0.012;
        for (int i = 0; i < 40 && x < end; i++) {
            double thickness = 0.018 + 0.03 * CHANCE.cell(shelf, 100 + i);
            double height = room * (0.62 + 0.28 * CHANCE.cell(shelf, 200 + i));
            double depth = 0.17 + 0.06 * CHANCE.cell(shelf, 300 + i);
            boolean leans = x + thickness >= end;
            double place = (WIDTH - 2 * BOARD) / 2 - x - thickness / 2 - (leans ? 0.04 : 0);
            Affine stand = Affine.at(fromRight ? place : -place, y, DEPTH / 2 - 0.03 - depth / 2)
                    .turnZ(leans ? (fromRight ? -11 : 11) : 0)
                    .move(0, height / 2, 0);
            books.colour(SPINES[(int) (SPINES.length * CHANCE.cell(shelf, 400 + i))])
                    .add(stand, Blocks.roundedBox(thickness, height, depth, 0.002, 1));
            x += thickness + 0.001;
        }
    }
}
