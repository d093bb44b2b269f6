package io.renderfleet.localaws.samples;

/**
 * A living room in late sun: daylight from a window on the left, sun through one behind the camera, a lamp, and a spot
 * on the picture. Exercises what a renderer has to read: tiled textures, normal and roughness maps, emissive textures,
 * vertex colours, cut-out leaves, glass, mirrored instances and all three punctual lights.
 */
final class FurnishedRoom {

    static final String ID = "furnished-room";
    private static final double SOFA_X = -0.35;

    private final GlbBuilder glb = new GlbBuilder(ID);
    private final Finishes finishes = new Finishes(glb);

    private FurnishedRoom() {}

    static SampleDesign model() {
        FurnishedRoom room = new FurnishedRoom();
        RoomShell.build(room.glb, room.finishes);
        room.furniture();
        room.decoration();
        room.curtains();
        room.lights();
        return new SampleDesign(
                ID,
                "A living room in late sun, with daylight, a lamp and a picture light",
                room.glb.build(),
                SampleView.of(Vec3.of(1.25, 1.42, 2.95), Vec3.of(-0.42, 0.93, -1.2), 43.5));
    }

    private void furniture() {
        Sofa.with(glb, finishes, finishes.fabric("slate wool", 0x9db4ba), Affine.at(SOFA_X, 0, RoomShell.BACK + 0.50));
        CoffeeTable.with(glb, finishes, Affine.at(SOFA_X + 0.05, 0.012, -0.52));
        int chair = Armchair.mesh(glb, finishes.walnut(), finishes.fabric("cream bouclé", 0xeadfca), finishes.brass());
        glb.show("armchair", Affine.at(-1.80, 0.0, 0.30).turnY(68), chair);
        glb.show("armchair, mirrored", Affine.at(1.42, 0.0, -0.35).turnY(-62).scale(-1, 1, 1), chair);
        Bookcase.with(glb, finishes, Affine.at(1.95, 0, RoomShell.BACK + 0.17));
        FloorLamp.with(glb, finishes, Affine.at(1.02, 0, RoomShell.BACK + 0.38));
        Plant.potted(glb, finishes, Affine.at(-2.15, 0, -1.80));
    }

    private void decoration() {
        TextureUse weave = finishes.texture("rug", Textiles::rug).every(2.7, 1.8);
        int rug = glb.material(Material.named("rug")
                .texture(weave)
                .bumps(finishes.texture("weave normals", Textiles::weaveNormals).every(0.12), 1)
                .roughness(1));
        glb.show(
                "rug",
                Affine.at(SOFA_X, 0.006, -0.35),
                new MeshBuilder().add(Blocks.roundedBox(2.7, 0.012, 1.8, 0.005, 1)),
                rug);
        picture("landscape", SOFA_X - 0.25, 1.58, 1.12, 0.84, finishes.texture("landscape", Pictures::landscape));
        picture("print", SOFA_X + 0.72, 1.58, 0.50, 0.75, finishes.texture("print", Pictures::print));
    }

    private void picture(String name, double x, double y, double width, double height, TextureUse texture) {
        Affine where = Affine.at(x, y, RoomShell.BACK + 0.02);
        int canvas = glb.material(
                Material.named(name).texture(texture.every(width, height)).roughness(0.8));
        MeshBuilder frame = new MeshBuilder();
        for (double side : new double[] {-1, 1}) {
            frame.add(Affine.at(side * width / 2, 0, 0), Blocks.roundedBox(0.028, height + 0.028, 0.04, 0.004, 2));
            frame.add(Affine.at(0, side * height / 2, 0), Blocks.roundedBox(width + 0.028, 0.028, 0.04, 0.004, 2));
        }
        glb.show(name, where, new MeshBuilder().add(Surfaces.rectangle(width, height)), canvas);
        glb.show("frame of " + name, where, frame, finishes.oak());
    }

    private void curtains() {
        int linen = finishes.fabric("curtain linen", 0xe6dccb);
        Shape drape = Surfaces.sheet(96, 6, 0.9, 2.35, (u, v) -> {
            double fold = StrictMath.sin(2 * StrictMath.PI * 7 * u + 0.8 * StrictMath.sin(9 * u));
            return Vec3.of(0.50 * (u - 0.5), 2.32 * v, (0.030 + 0.014 * (1 - v)) * fold);
        });
        int mesh = glb.mesh(
                "curtain", new GlbBuilder.Part(new MeshBuilder().add(drape).build(), linen));
        for (double z : new double[] {-0.98, 1.48}) {
            glb.show("curtain", Affine.at(RoomShell.LEFT + 0.10, 0.03, z).turnY(90), mesh);
        }
        Vec3 from = Vec3.of(RoomShell.LEFT + 0.10, 2.37, -1.30);
        Vec3 to = Vec3.of(RoomShell.LEFT + 0.10, 2.37, 1.80);
        glb.show("curtain rod", Affine.IDENTITY, new MeshBuilder().add(Tubes.rod(from, to, 0.012)), finishes.brass());
    }

    private void lights() {
        TextureUse view = finishes.texture("outdoors", Pictures::outdoors).every(2.4, 1.8);
        int outdoors = glb.material(
                Material.named("outdoors").colour(0).glow(0xffffff, 5).glowTexture(view));
        glb.show(
                "outdoors",
                Affine.at(RoomShell.LEFT - 0.22, 1.5, 0.25).turnY(90),
                new MeshBuilder().add(Surfaces.rectangle(2.4, 1.8)),
                outdoors);
        glb.sun("sun", Vec3.of(0.42, 0.60, 1), Vec3.of(0, 0, 0), 0xffdcae, 13);
        // A soft panel light above the camera, which brightens the shadows.
        Studio.softbox(glb, "fill", Vec3.of(0.2, 2.55, 2.3), Vec3.of(-0.4, 0.3, -1), 3.2, 1.0, 0xf3f1ff, 6.5);
        Vec3 picture = Vec3.of(SOFA_X - 0.25, 1.55, RoomShell.BACK);
        glb.spotLight("picture light", Vec3.of(picture.x(), 2.55, -1.1), picture, 0xffd9a8, 3, 14, 32);
    }
}
