package io.renderfleet.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Scenes that several tests look at. */
public final class TestScenes {

    private TestScenes() {}

    /** A box of two metres with a coloured wall on either side, a lamp in its ceiling and two spheres. */
    public static GltfBuilder cornellBox() {
        GltfBuilder builder = new GltfBuilder();
        int white = builder.matte(0.73, 0.73, 0.73);
        int red = builder.matte(0.65, 0.05, 0.05);
        int green = builder.matte(0.12, 0.45, 0.15);
        int lamp = builder.glow(15);
        int metal = builder.material(
                "{\"pbrMetallicRoughness\":{\"baseColorFactor\":[0.95,0.8,0.5,1],\"roughnessFactor\":0.15}}");
        builder.quad(at(-1, 0, 1), at(2, 0, 0), at(0, 0, -2), white)
                .quad(at(-1, 2, -1), at(2, 0, 0), at(0, 0, 2), white)
                .quad(at(-1, 0, -1), at(2, 0, 0), at(0, 2, 0), white)
                .quad(at(-1, 0, 1), at(0, 0, -2), at(0, 2, 0), red)
                .quad(at(1, 0, -1), at(0, 0, 2), at(0, 2, 0), green)
                .quad(at(-0.3, 1.99, -0.3), at(0.6, 0, 0), at(0, 0, 0.6), lamp)
                .sphere(-0.4, 0.35, -0.3, 0.35, 48, white)
                .sphere(0.4, 0.35, 0.2, 0.35, 48, metal);
        return builder;
    }

    /** A view into {@link #cornellBox()}. */
    public static Camera intoBox() {
        return new Camera(new Vec3(0, 1, 3.9), new Vec3(0, 1, 0), new Vec3(0, 1, 0), 40);
    }

    /** Reads a file made in a test. */
    public static Scene read(byte[] file) {
        return withFile(file, new SceneReader(SceneLimits.defaults())::read);
    }

    /** Inspects a file made in a test. */
    public static SceneSummary inspect(byte[] file) {
        return withFile(file, new SceneReader(SceneLimits.defaults())::inspect);
    }

    /** What can be done with a file. */
    public interface FileUse<T> {
        T use(Path path) throws IOException;
    }

    /** Lends some bytes out as a file. */
    public static <T> T withFile(byte[] bytes, FileUse<T> use) {
        try {
            Path path = Files.createTempFile("scene", ".glb");
            try {
                Files.write(path, bytes);
                return use.use(path);
            } finally {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Three numbers. */
    public static double[] at(double x, double y, double z) {
        return new double[] {x, y, z};
    }
}
