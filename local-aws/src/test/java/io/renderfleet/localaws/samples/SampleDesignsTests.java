package io.renderfleet.localaws.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.javagl.jgltf.model.AccessorFloatData;
import de.javagl.jgltf.model.GltfModel;
import de.javagl.jgltf.model.MeshPrimitiveModel;
import de.javagl.jgltf.model.io.GltfModelReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleDesignsTests {

    private static final List<SampleDesign> DESIGNS = SampleDesigns.all();
    private static final Map<String, GltfModel> MODELS = new HashMap<>();
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<SampleDesign> designs() {
        return DESIGNS.stream();
    }

    @Test
    void hasTheDesignsThatTheDocumentationNames() {
        assertThat(DESIGNS)
                .extracting(SampleDesign::id)
                .containsExactly("test-design-1", "furnished-room", "material-grid", "cornell-box", "tiny-cube");
    }

    @ParameterizedTest
    @MethodSource("designs")
    void isTheSameBytesEachTime(SampleDesign design) {
        assertThat(SampleDesigns.named(design.id())).isEqualTo(design);
    }

    @Test
    void namesTheDesignsThereAreWhenAskedForAnother() {
        assertThatThrownBy(() -> SampleDesigns.named("tea-pot"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'tea-pot'")
                .hasMessageContaining("cornell-box");
    }

    @Test
    void keepsItsBytesFromItsCallers() {
        SampleDesign design = SampleDesigns.named("tiny-cube");
        byte[] mine = design.glb();
        Arrays.fill(mine, (byte) 0);

        assertThat(design.glb()).isNotEqualTo(mine);
    }

    @Test
    void refusesAnIdThatNoRequestCouldName() {
        SampleView view = SampleView.of(Vec3.of(0, 0, 1), Vec3.of(0, 0, 0), 45);

        assertThatThrownBy(() -> new SampleDesign("a b", "", new byte[0], view))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a b");
    }

    @Test
    void lightsStudiosAndTheCornellBoxByTheirOwnLampsAlone() {
        assertThat(DESIGNS)
                .filteredOn(design -> design.environment().equals("none"))
                .extracting(SampleDesign::id)
                .containsExactly("test-design-1", "material-grid", "cornell-box");
        assertThat(DESIGNS).extracting(SampleDesign::environment).containsOnly("default", "none");
    }

    @ParameterizedTest
    @MethodSource("designs")
    void isSmall(SampleDesign design) {
        assertThat(design.glb()).hasSizeLessThanOrEqualTo(4 << 20);
    }

    @Test
    void theTinyCubeIsTiny() {
        assertThat(SampleDesigns.named("tiny-cube").glb()).hasSizeLessThan(3000);
    }

    @ParameterizedTest
    @MethodSource("designs")
    void isOneFileWithoutReferencesToOthers(SampleDesign design) throws IOException {
        assertThat(json(design).findValues("uri")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("designs")
    void requiresNoExtensionAndDeclaresThoseItUses(SampleDesign design) throws IOException {
        JsonNode gltf = json(design);

        assertThat(gltf.has("extensionsRequired")).isFalse();
        Set<String> used = new HashSet<>();
        gltf.path("extensionsUsed").forEach(name -> used.add(name.asText()));
        gltf.findValues("extensions")
                .forEach(extensions -> assertThat(extensions.fieldNames())
                        .toIterable()
                        .isNotEmpty()
                        .isSubsetOf(used));
    }

    @ParameterizedTest
    @MethodSource("designs")
    void keepsEveryViewAlignedAndInsideTheBuffer(SampleDesign design) throws IOException {
        JsonNode gltf = json(design);
        int size = gltf.at("/buffers/0/byteLength").asInt();

        assertThat(design.glb().length % 4).isZero();
        assertThat(gltf.path("bufferViews")).isNotEmpty().allSatisfy(view -> {
            assertThat(view.path("byteOffset").asInt() % 4).isZero();
            assertThat(view.path("byteOffset").asInt() + view.path("byteLength").asInt())
                    .isLessThanOrEqualTo(size);
        });
    }

    @ParameterizedTest
    @MethodSource("designs")
    void declaresTheTrueBoundsOfItsPositions(SampleDesign design) throws IOException {
        JsonNode gltf = json(design);
        GltfModel model = model(design);

        for (JsonNode primitive : gltf.at("/meshes").findValues("attributes")) {
            int index = primitive.path("POSITION").asInt();
            JsonNode accessor = gltf.path("accessors").path(index);
            AccessorFloatData data =
                    (AccessorFloatData) model.getAccessorModels().get(index).getAccessorData();
            assertThat(JSON.convertValue(accessor.path("min"), float[].class)).containsExactly(data.computeMin());
            assertThat(JSON.convertValue(accessor.path("max"), float[].class)).containsExactly(data.computeMax());
        }
    }

    @ParameterizedTest
    @MethodSource("designs")
    void hasNormalsOfLengthOne(SampleDesign design) throws IOException {
        for (MeshPrimitiveModel primitive : primitives(design)) {
            AccessorFloatData normals = floats(primitive, "NORMAL");
            double worst = IntStream.range(0, normals.getNumElements())
                    .mapToDouble(i -> Math.abs(vector(normals, i).length() - 1))
                    .max()
                    .orElseThrow();

            assertThat(worst).isLessThan(1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("designs")
    void pointsOnlyToVerticesThereAre(SampleDesign design) throws IOException {
        for (MeshPrimitiveModel primitive : primitives(design)) {
            int[] indices = indices(primitive);

            assertThat(indices.length % 3).isZero();
            assertThat(indices).isNotEmpty();
            assertThat(Arrays.stream(indices).max().orElseThrow())
                    .isLessThan(floats(primitive, "POSITION").getNumElements());
        }
    }

    /** Counter-clockwise from the side that the normals are on: otherwise a surface is lit from behind. */
    @ParameterizedTest
    @MethodSource("designs")
    void windsItsTrianglesTheWayTheirNormalsPoint(SampleDesign design) throws IOException {
        for (MeshPrimitiveModel primitive : primitives(design)) {
            AccessorFloatData positions = floats(primitive, "POSITION");
            AccessorFloatData normals = floats(primitive, "NORMAL");
            int[] indices = indices(primitive);
            long against = IntStream.range(0, indices.length / 3)
                    .filter(t -> {
                        Vec3 a = vector(positions, indices[3 * t]);
                        Vec3 face = vector(positions, indices[3 * t + 1])
                                .minus(a)
                                .cross(vector(positions, indices[3 * t + 2]).minus(a));
                        Vec3 mean = vector(normals, indices[3 * t])
                                .plus(vector(normals, indices[3 * t + 1]))
                                .plus(vector(normals, indices[3 * t + 2]));
                        return face.dot(mean) < 0;
                    })
                    .count();

            assertThat(against).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("designs")
    void hasPicturesOfModestSizeThatCanBeRead(SampleDesign design) throws IOException {
        for (var image : model(design).getImageModels()) {
            ByteBuffer data = image.getImageData();
            byte[] png = new byte[data.remaining()];
            data.get(png);
            var picture = ImageIO.read(new ByteArrayInputStream(png));

            assertThat(picture.getWidth()).isBetween(1, 1024);
            assertThat(picture.getHeight()).isBetween(1, 1024);
        }
    }

    @ParameterizedTest
    @MethodSource("designs")
    void shines(SampleDesign design) throws IOException {
        JsonNode gltf = json(design);

        assertThat(gltf.findValues("emissiveFactor").size()
                        + gltf.at("/extensions/KHR_lights_punctual/lights").size())
                .isPositive();
    }

    private static JsonNode json(SampleDesign design) throws IOException {
        byte[] glb = design.glb();
        int length = ByteBuffer.wrap(glb).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
        return JSON.readTree(glb, 20, length);
    }

    private static GltfModel model(SampleDesign design) throws IOException {
        GltfModel known = MODELS.get(design.id());
        if (known == null) {
            known = parse(design);
            MODELS.put(design.id(), known);
        }
        return known;
    }

    private static GltfModel parse(SampleDesign design) throws IOException {
        return new GltfModelReader().readWithoutReferences(new ByteArrayInputStream(design.glb()));
    }

    private static List<MeshPrimitiveModel> primitives(SampleDesign design) throws IOException {
        List<MeshPrimitiveModel> primitives = model(design).getMeshModels().stream()
                .flatMap(mesh -> mesh.getMeshPrimitiveModels().stream())
                .toList();
        assertThat(primitives).isNotEmpty();
        return primitives;
    }

    private static AccessorFloatData floats(MeshPrimitiveModel primitive, String attribute) {
        return (AccessorFloatData)
                Objects.requireNonNull(primitive.getAttributes().get(attribute), attribute)
                        .getAccessorData();
    }

    private static int[] indices(MeshPrimitiveModel primitive) {
        var accessor = primitive.getIndices();
        ByteBuffer bytes = accessor.getAccessorData().createByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        boolean small = accessor.getComponentSizeInBytes() == 2;
        return IntStream.range(0, accessor.getCount())
                .map(i -> small ? Short.toUnsignedInt(bytes.getShort(2 * i)) : bytes.getInt(4 * i))
                .toArray();
    }

    private static Vec3 vector(AccessorFloatData data, int i) {
        return Vec3.of(data.get(i, 0), data.get(i, 1), data.get(i, 2));
    }
}
