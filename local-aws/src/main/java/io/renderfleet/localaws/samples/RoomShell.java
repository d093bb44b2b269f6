package io.renderfleet.localaws.samples;

/** Floor, walls, ceiling and windows: 5.4 m wide (x), 5.5 m deep (z), 2.6 m high, the floor at y = 0. */
final class RoomShell {

    static final double LEFT = -2.7;
    static final double RIGHT = 2.7;
    static final double BACK = -2.3;
    static final double FRONT = 3.2;
    static final double HEIGHT = 2.6;
    private static final double WALL = 0.2;

    /** An opening in a wall, seen from inside: along the wall and up it. */
    private record Opening(double from, double to, double sill, double lintel) {}

    private static final Opening LEFT_WINDOW = new Opening(-1.25, 0.75, 0.8, 2.25);
    private static final Opening FRONT_WINDOW = new Opening(-0.7, 1.9, 0.25, 2.35);

    private RoomShell() {}

    static void build(GlbBuilder glb, Finishes finishes) {
        double depth = FRONT - BACK;
        double middle = (FRONT + BACK) / 2;
        MeshBuilder walls = new MeshBuilder()
                .add(Affine.at(0, HEIGHT / 2, BACK - WALL / 2), Blocks.box(RIGHT - LEFT, HEIGHT, WALL))
                .add(Affine.at(RIGHT + WALL / 2, HEIGHT / 2, middle), Blocks.box(WALL, HEIGHT, depth))
                .add(Affine.at(0, HEIGHT + WALL / 2, middle), Blocks.box(RIGHT - LEFT + 2 * WALL, WALL, depth));
        addWall(walls, leftWall(), LEFT_WINDOW, -FRONT, -BACK);
        addWall(walls, frontWall(), FRONT_WINDOW, LEFT, RIGHT);
        TextureUse plaster =
                finishes.texture("plaster normals", Pictures::plasterNormals).every(0.8);
        glb.show(
                "walls",
                Affine.IDENTITY,
                walls,
                glb.material(Material.named("plaster")
                        .colour(0xe8e0d2)
                        .roughness(0.95)
                        .bumps(plaster, 0.35)));
        floor(glb, finishes, middle, depth);
        trim(glb, depth, middle);
    }

    private static void floor(GlbBuilder glb, Finishes finishes, double middle, double depth) {
        int oak = glb.material(Material.named("oak floor")
                .texture(finishes.texture("planks", Wood::planks).every(2.4, 1.12))
                .bumps(finishes.texture("planks normals", Wood::planksNormals).every(2.4, 1.12), 0.8)
                .surfaceTexture(
                        finishes.texture("planks surface", Wood::planksSurface).every(2.4, 1.12))
                .roughness(1));
        glb.show(
                "floor",
                Affine.at(0, 0, middle).turnY(90),
                new MeshBuilder().add(Surfaces.floor(depth + 2 * WALL, RIGHT - LEFT + 2 * WALL)),
                oak);
    }

    /** Skirting boards, window frames and sills, all painted white. */
    private static void trim(GlbBuilder glb, double depth, double middle) {
        MeshBuilder trim = new MeshBuilder()
                .add(Affine.at(0, 0.05, BACK + 0.008), Blocks.roundedBox(RIGHT - LEFT, 0.1, 0.016, 0.004, 1))
                .add(Affine.at(LEFT + 0.008, 0.05, middle), Blocks.roundedBox(0.016, 0.1, depth, 0.004, 1))
                .add(Affine.at(RIGHT - 0.008, 0.05, middle), Blocks.roundedBox(0.016, 0.1, depth, 0.004, 1));
        addFrame(trim, leftWall(), LEFT_WINDOW, 3, 2);
        addFrame(trim, frontWall(), FRONT_WINDOW, 4, 3);
        glb.show(
                "trim",
                Affine.IDENTITY,
                trim,
                glb.material(Material.named("white paint").colour(0xf2eee6).roughness(0.35)));
    }

    /** Local x runs along the wall, z into the room: here from the front to the back. */
    private static Affine leftWall() {
        return Affine.at(LEFT, 0, 0).turnY(90);
    }

    private static Affine frontWall() {
        return Affine.at(0, 0, FRONT).scale(1, 1, -1);
    }

    private static void addWall(MeshBuilder walls, Affine wall, Opening hole, double from, double to) {
        block(walls, wall, from, hole.from, 0, HEIGHT);
        block(walls, wall, hole.to, to, 0, HEIGHT);
        block(walls, wall, hole.from, hole.to, 0, hole.sill);
        block(walls, wall, hole.from, hole.to, hole.lintel, HEIGHT);
    }

    private static void block(MeshBuilder walls, Affine wall, double from, double to, double low, double high) {
        walls.add(wall.move((from + to) / 2, (low + high) / 2, -WALL / 2), Blocks.box(to - from, high - low, WALL));
    }

    private static void addFrame(MeshBuilder trim, Affine wall, Opening hole, int columns, int rows) {
        double width = hole.to - hole.from;
        double height = hole.lintel - hole.sill;
        double centre = (hole.from + hole.to) / 2;
        double middle = (hole.sill + hole.lintel) / 2;
        for (int i = 0; i <= columns; i++) {
            double thick = i == 0 || i == columns ? 0.07 : 0.03;
            double x = Math.clamp(hole.from + width * i / columns, hole.from + thick / 2, hole.to - thick / 2);
            trim.add(wall.move(x, middle, -0.12), Blocks.roundedBox(thick, height, 0.05, 0.006, 2));
        }
        for (int i = 0; i <= rows; i++) {
            double thick = i == 0 || i == rows ? 0.07 : 0.03;
            double y = Math.clamp(hole.sill + height * i / rows, hole.sill + thick / 2, hole.lintel - thick / 2);
            trim.add(wall.move(centre, y, -0.12), Blocks.roundedBox(width, thick, 0.045, 0.006, 2));
        }
        trim.add(wall.move(centre, hole.sill - 0.012, -0.03), Blocks.roundedBox(width + 0.12, 0.03, 0.22, 0.006, 2));
    }
}
