package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.List;

/** Leaves cut out of a texture by alpha, one mesh shown many times. */
final class Plant {

    private static final Noise CHANCE = new Noise(41);

    private Plant() {}

    /** A fig in a pot, about 1.5 m high; stands on the origin. */
    static int potted(GlbBuilder glb, Finishes finishes, Affine where) {
        int leaf = leaf(glb, finishes);
        List<Integer> parts = new ArrayList<>();
        MeshBuilder pot = new MeshBuilder()
                .add(Surfaces.lathe(
                        48, 0, 0, 0.13, 0, 0.15, 0.02, 0.18, 0.34, 0.175, 0.345, 0.165, 0.34, 0.16, 0.30, 0, 0.30));
        parts.add(glb.show("pot", Affine.IDENTITY, pot, finishes.ceramic("terracotta", 0xb8613f, 0.75)));
        MeshBuilder stems = new MeshBuilder();
        for (int stem = 0; stem < 4; stem++) {
            double turn = 95 * stem + 20;
            Affine base = Affine.at(0, 0.3, 0).turnY(turn);
            double height = 0.75 + 0.42 * CHANCE.cell(stem, 1);
            double lean = 0.12 + 0.22 * CHANCE.cell(stem, 2);
            Vec3 middle = Vec3.of(0.04 + 0.25 * lean, height * 0.5, 0);
            Vec3 top = Vec3.of(lean, height, 0);
            stems.add(base, Tubes.tube(0.009, Vec3.of(0.03, -0.01, 0), middle, top));
            for (int i = 0; i < 13; i++) {
                double share = 0.28 + 0.72 * i / 12;
                Vec3 at = base.point(Vec3.of(0.03 + (lean - 0.03) * share * share, height * share, 0));
                double size = 0.15 + 0.11 * CHANCE.cell(stem, 10 + i);
                parts.add(glb.show(
                        "leaf",
                        Affine.at(at.x(), at.y(), at.z())
                                .turnY(turn + 137.5 * i)
                                .turnX(68 - 45 * share + 14 * CHANCE.cell(i, stem))
                                .scale(size, 1.7 * size, size),
                        leaf));
            }
        }
        parts.add(glb.show("stems", Affine.IDENTITY, stems, finishes.ceramic("bark", 0x6b5136, 0.9)));
        return glb.group("plant", where, parts);
    }

    /** A few twigs for a vase; they start at the origin. */
    static int sprig(GlbBuilder glb, Finishes finishes, Affine where) {
        int leaf = leaf(glb, finishes);
        List<Integer> parts = new ArrayList<>();
        MeshBuilder twigs = new MeshBuilder();
        for (int twig = 0; twig < 3; twig++) {
            Affine base = Affine.IDENTITY.turnY(120 * twig + 30);
            double height = 0.30 + 0.05 * twig;
            Vec3 top = Vec3.of(0.06 + 0.03 * twig, height, 0);
            twigs.add(base, Tubes.tube(0.002, Vec3.of(0, -0.1, 0), Vec3.of(0.012, 0.1, 0), top));
            for (int i = 0; i < 9; i++) {
                double share = 0.3 + 0.7 * i / 8;
                Vec3 at = base.point(Vec3.of(top.x() * share * share, height * share, 0));
                double size = 0.045 + 0.02 * CHANCE.cell(i, twig);
                parts.add(glb.show(
                        "leaf",
                        Affine.at(at.x(), at.y(), at.z())
                                .turnY(140.0 * i)
                                .turnX(i == 8 ? 10 : 55)
                                .scale(size, 1.6 * size, size),
                        leaf));
            }
        }
        parts.add(glb.show("twigs", Affine.IDENTITY, twigs, finishes.ceramic("bark", 0x6b5136, 0.9)));
        return glb.group("sprig", where, parts);
    }

    /** Stands up along y, one unit long and wide, bent backwards and folded along its rib. */
    private static int leaf(GlbBuilder glb, Finishes finishes) {
        TextureUse cut = finishes.texture("leaf", Pictures::leaf);
        int material = finishes.material(
                "leaf",
                () -> Material.named("leaf")
                        .texture(cut)
                        .roughness(0.45)
                        .cutOut()
                        .thin());
        Shape blade = Surfaces.sheet(
                4, 6, 1, 1, (u, v) -> Vec3.of(u - 0.5, v - 0.12 * v * v, 0.35 * v * v - 0.35 * Math.abs(u - 0.5)));
        return glb.mesh("leaf", new GlbBuilder.Part(new MeshBuilder().add(blade).build(), material));
    }
}
