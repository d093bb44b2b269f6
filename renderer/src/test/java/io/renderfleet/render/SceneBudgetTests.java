package io.renderfleet.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that cost far more to read than their size suggests are refused before they cost it. */
class SceneBudgetTests {

    @Test
    void stopsReadingWhenItsTimeIsOver() {
        SceneReader reader = new SceneReader(new SceneLimits(
                1_000_000, 1_000_000, 1_000_000, 1_000_000_000, 1_000, Long.MAX_VALUE, Duration.ofNanos(1)));
        refused(
                "design-too-slow",
                "fewer vertices",
                reader,
                TestScenes.cornellBox().glb());
    }

    @Test
    void stopsReadingWhenItIsCancelled() {
        // The signal is set while the file is read, at each point in turn at which it is looked at.
        GltfBuilder builder = new GltfBuilder();
        byte[] file = builder.sphere(0, 0, 0, 1, 128, builder.matte(1, 1, 1)).glb();
        SceneReader reader = new SceneReader(SceneLimits.defaults());
        AtomicInteger looks = new AtomicInteger();
        TestScenes.withFile(file, path -> reader.read(path, () -> looks.incrementAndGet() < 0));
        int all = looks.get();
        assertThat(all).isGreaterThan(20);
        for (int i = 1; i <= all; i++) {
            int last = i;
            looks.set(0);
            assertThatExceptionOfType(RenderCancelledException.class)
                    .isThrownBy(() -> TestScenes.withFile(
                            file, path -> reader.read(path, () -> looks.incrementAndGet() >= last)));
            assertThat(looks).hasValue(last);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bvh.TriangleBoxes",
                "bvh.Bins",
                "geometry.GeometryBuilder",
                "shading.Surfaces",
                "light.EmissiveTriangles",
                "light.AliasTable"
            })
    void stopsInEachStepOfTheBuildingOfTheScene(String step) {
        GltfBuilder builder = new GltfBuilder();
        byte[] file = builder.sphere(0, 0, 0, 1, 256, builder.glow(1)).glb();
        SceneReader reader = new SceneReader(SceneLimits.defaults());
        CancelSignal inStep = () -> StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().endsWith(step)));

        assertThatExceptionOfType(RenderCancelledException.class)
                .isThrownBy(() -> TestScenes.withFile(file, path -> reader.read(path, inStep)));
    }

    @Test
    void checksAnAccessorOnceForAllPrimitivesThatUseIt() {
        assertThat(looksFor(400)).isLessThan(looksFor(1) + 10);
    }

    @Test
    void refusesManyAccessorsOverTheSameBytes() {
        GltfBuilder builder = new GltfBuilder();
        int positions = builder.floats("VEC3", new float[60_000]);
        StringBuilder primitives = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            int same = builder.add(
                    "accessors", builder.json().at("/accessors/" + positions).toString());
            primitives.append(i == 0 ? "" : ",").append("{\"attributes\":{\"POSITION\":%d}}".formatted(same));
        }
        builder.mesh(primitives.toString());
        builder.node("{\"mesh\":0}");
        refused("design-too-complex", "overlapping", new SceneReader(SceneLimits.defaults()), builder.glb());
    }

    @Test
    void refusesManyImagesOverTheSameBytes() {
        GltfBuilder builder = new GltfBuilder();
        int view = builder.view(SceneFeaturesTests.pngOf(2, 2, 0xFFFF0000));
        int filler = builder.view(new byte[200_000]);
        builder.json()
                .withArrayProperty("bufferViews")
                .addObject()
                .put("buffer", 0)
                .put("byteLength", 200_000);
        for (int i = 0; i < 40; i++) {
            builder.add("images", "{\"bufferView\":" + (filler + 1) + "}");
            builder.add("textures", "{\"source\":" + i + "}");
            builder.material("{\"emissiveTexture\":{\"index\":" + i + "}}");
        }
        assertThat(view).isZero();
        builder.sphere(0, 0, 0, 1, 8, 0);
        refused("design-too-complex", "images", new SceneReader(SceneLimits.defaults()), builder.glb());
    }

    @Test
    void refusesVerticesThatNoByteOfTheFileStandsFor() {
        GltfBuilder builder = new GltfBuilder();
        int positions = builder.add("accessors", "{\"type\":\"VEC3\",\"componentType\":5126,\"count\":66000000}");
        builder.mesh(
                "{\"attributes\":{\"POSITION\":%d},\"indices\":%d}".formatted(positions, builder.indices(0, 1, 2)));
        builder.node("{\"mesh\":0}");
        refused("accessor-without-data", "66000000", new SceneReader(SceneLimits.defaults()), builder.glb());
    }

    @Test
    void refusesASparseAccessorOverElementsThatNoByteStandsFor() {
        GltfBuilder builder = new GltfBuilder();
        int places = builder.view(GltfBuilder.shorts(0));
        int values = builder.view(new byte[12]);
        int positions = builder.add("accessors", """
                {"type":"VEC3","componentType":5126,"count":30000000,"sparse":{"count":1,
                 "indices":{"bufferView":%d,"componentType":5123},"values":{"bufferView":%d}}}
                """.formatted(places, values));
        builder.mesh(
                "{\"attributes\":{\"POSITION\":%d},\"indices\":%d}".formatted(positions, builder.indices(0, 1, 2)));
        builder.node("{\"mesh\":0}");
        refused("accessor-without-data", "30000000", new SceneReader(SceneLimits.defaults()), builder.glb());
    }

    @Test
    void acceptsZerosForVerticesThatTheFileHas() {
        GltfBuilder builder = new GltfBuilder();
        int positions = builder.floats("VEC3", 0, 0, 0, 1, 0, 0, 0, 1, 0);
        int zeros = builder.add("accessors", "{\"type\":\"VEC2\",\"componentType\":5126,\"count\":3}");
        builder.mesh("{\"attributes\":{\"POSITION\":%d,\"TEXCOORD_0\":%d}}".formatted(positions, zeros));
        builder.node("{\"mesh\":0}");
        assertThat(TestScenes.read(builder.glb()).summary().triangles()).isEqualTo(1);
    }

    @Test
    void chargesAnAttributeOfOnePrimitiveForTheVerticesOfAll() {
        long sphere = leastDecodedBytes(sphere().glb());
        int vertices = 17 * 33;
        GltfBuilder both = sphere().quad(TestScenes.at(0, 0, 0), TestScenes.at(1, 0, 0), TestScenes.at(0, 1, 0), 0);
        assertThat(leastDecodedBytes(both.glb())).isGreaterThan(sphere + 8L * vertices);
    }

    private static GltfBuilder sphere() {
        GltfBuilder builder = new GltfBuilder();
        return builder.sphere(0, 0, 0, 1, 32, builder.matte(1, 1, 1));
    }

    @Test
    void refusesJsonWhoseObjectsNeedTooMuchMemory() {
        byte[] file = new GltfBuilder()
                .quad(TestScenes.at(0, 0, 0), TestScenes.at(1, 0, 0), TestScenes.at(0, 1, 0), -1)
                .glb();
        refused("design-too-large", "operator", reader(1L << 30, 4_000 + file.length), file);
        GltfBuilder many = new GltfBuilder();
        for (int i = 0; i < 50_000; i++) {
            many.json().withArrayProperty("extras").addObject();
        }
        many.quad(TestScenes.at(0, 0, 0), TestScenes.at(1, 0, 0), TestScenes.at(0, 1, 0), -1);
        refused("design-too-large", "operator", reader(1L << 30, 2_000_000), many.glb());
    }

    /** The smallest limit for decoded bytes under which a file is accepted. */
    private static long leastDecodedBytes(byte[] file) {
        long refused = 0;
        long accepted = 1 << 20;
        while (accepted - refused > 1) {
            long middle = (accepted + refused) / 2;
            try {
                TestScenes.withFile(file, reader(middle, Long.MAX_VALUE)::inspect);
                accepted = middle;
            } catch (InvalidSceneException e) {
                assertThat(e.code()).isEqualTo("design-too-large");
                refused = middle;
            }
        }
        return accepted;
    }

    private static SceneReader reader(long decodedBytes, long memory) {
        return new SceneReader(
                new SceneLimits(10_000_000, 1_000_000, 1_000_000, decodedBytes, 1_000, memory, Duration.ofMinutes(1)));
    }

    /** How often the clock is looked at while a mesh is read whose primitives draw one triangle of the same vertices. */
    private static int looksFor(int primitives) {
        GltfBuilder builder = new GltfBuilder();
        float[] corners = new float[60_000];
        corners[0] = 1;
        corners[4] = 1;
        int positions = builder.floats("VEC3", corners);
        int triangle = builder.indices(0, 1, 2);
        int point = builder.indices(0);
        StringBuilder all =
                new StringBuilder("{\"attributes\":{\"POSITION\":%d},\"indices\":%d}".formatted(positions, triangle));
        for (int i = 1; i < primitives; i++) {
            all.append(",{\"attributes\":{\"POSITION\":%d},\"indices\":%d}".formatted(positions, point));
        }
        builder.mesh(all.toString());
        builder.node("{\"mesh\":0}");
        AtomicInteger looks = new AtomicInteger();
        TestScenes.withFile(
                builder.glb(),
                path -> new SceneReader(SceneLimits.defaults()).inspect(path, () -> looks.incrementAndGet() < 0));
        return looks.get();
    }

    private static void refused(String code, String text, SceneReader reader, byte[] file) {
        assertThatExceptionOfType(InvalidSceneException.class)
                .isThrownBy(() -> TestScenes.withFile(file, reader::inspect))
                .withMessageContaining(text)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }
}
