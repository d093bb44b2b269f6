package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.GlTF;
import de.javagl.jgltf.impl.v2.Material;
import de.javagl.jgltf.impl.v2.Mesh;
import de.javagl.jgltf.impl.v2.MeshPrimitive;
import io.renderfleet.render.Bounds;
import io.renderfleet.render.CancelSignal;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneSummary;
import io.renderfleet.render.geometry.GeometryBuilder;
import io.renderfleet.render.light.PunctualLight;
import io.renderfleet.render.scene.RenderScene;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A glTF file whose structure, indices and sizes are valid. The constructor reads all geometry and decodes no image;
 * {@link #load} decodes the images.
 */
public final class GltfFile {

    /**
     * The bytes of a triangle in the geometry and the BVH during the build, when both orders of the triangles exist.
     */
    private static final long TRIANGLE_BYTES = 100;

    /** As {@link #TRIANGLE_BYTES}, together with what the build releases at its end. */
    private static final long TRIANGLE_BUILD_BYTES = 160;

    /** A primitive placed by a node. */
    private static final long INSTANCE_BYTES = 48;

    /** A node with its transforms, which are matrices of doubles. */
    private static final long NODE_BYTES = 512;

    private static final int MAX_MATERIALS = 65_000;

    private final GlTF gltf;
    private final Budget budget;
    private final Images images;
    private final Materials materials;
    private final List<MeshInstance> instances = new ArrayList<>();
    private final List<PunctualLight> lights;
    private final SceneSummary summary;
    private VertexAttributes attributes = VertexAttributes.NONE;
    private long vertices;

    /**
     * Validates a file.
     *
     * @param cancel ends the reading here and in {@link #load}
     * @throws InvalidSceneException if it cannot be rendered
     */
    public GltfFile(byte[] file, SceneLimits limits, CancelSignal cancel) {
        budget = new Budget(limits, file.length, cancel);
        budget.takeMemory(file.length);
        GlbContainer container = GlbContainer.of(file);
        gltf = GltfJson.read(container.json(), budget);
        budget.checkTime();
        Buffers buffers = new Buffers(gltf, container.binary(), budget);
        images = new Images(gltf, buffers, budget);
        materials = new Materials(new Textures(gltf, images));
        budget.takeMemory(NODE_BYTES * Checks.orEmpty(gltf.getNodes()).size());
        List<NodeGraph.Placed> nodes = NodeGraph.placed(gltf, budget);
        if (Checks.orEmpty(gltf.getMaterials()).size() > MAX_MATERIALS) {
            throw new InvalidSceneException(
                    "too-many-materials", "The design has more than " + MAX_MATERIALS + " materials.");
        }
        for (Material material : Checks.orEmpty(gltf.getMaterials())) {
            budget.poll();
            materials.check(material);
        }
        placeMeshes(nodes, new Accessors(gltf, buffers, budget));
        lights = PunctualLights.read(gltf, nodes, budget);
        DrawnTriangles drawn = new DrawnTriangles();
        for (MeshInstance instance : instances) {
            instance.addTo(drawn, budget);
        }
        Bounds bounds = drawn.bounds();
        summary = new SceneSummary(
                nodes.size(),
                Checks.orEmpty(gltf.getMeshes()).size(),
                Checks.orEmpty(gltf.getMaterials()).size(),
                Checks.orEmpty(gltf.getTextures()).size(),
                lights.size(),
                drawn.triangles(),
                bounds,
                budget.memory() + geometryMemory(drawn.triangles()) + images.memory());
    }

    public SceneSummary summary() {
        return summary;
    }

    /**
     * Decodes the images and creates the scene.
     *
     * @throws InvalidSceneException if an image is corrupt
     */
    public RenderScene load() {
        budget.takeMemory(geometryMemory(summary.triangles()));
        List<io.renderfleet.render.shading.Material> read = new ArrayList<>();
        for (Material material : Checks.orEmpty(gltf.getMaterials())) {
            budget.checkTime();
            read.add(materials.read(material));
        }
        int defaultMaterial = read.size();
        read.add(materials.read(null));
        GeometryBuilder builder = new GeometryBuilder((int) vertices, (int) summary.triangles());
        for (MeshInstance instance : instances) {
            int material = instance.primitive().material();
            instance.addTo(builder, material < 0 ? defaultMaterial : material, budget);
        }
        budget.checkTime();
        return RenderScene.of(builder, read, lights, null, images.decodedBytes(), budget.checkOfAllThreads());
    }

    private long geometryMemory(long triangles) {
        return TRIANGLE_BUILD_BYTES * triangles + attributes.vertexBytes() * vertices;
    }

    /** Counts every instance against the limits before anything is read for it. */
    private void placeMeshes(List<NodeGraph.Placed> nodes, Accessors accessors) {
        Map<Integer, List<Primitive>> checked = new HashMap<>();
        for (NodeGraph.Placed placed : nodes) {
            budget.poll();
            Integer mesh = placed.node().getMesh();
            if (mesh == null) {
                continue;
            }
            for (Primitive primitive : checked.computeIfAbsent(mesh, index -> primitives(index, accessors))) {
                budget.poll();
                budget.takeTriangles(primitive.triangleCount());
                int count = primitive.positions().count();
                budget.takeBytes(INSTANCE_BYTES
                        + TRIANGLE_BYTES * primitive.triangleCount()
                        + VertexAttributes.NONE.vertexBytes() * count);
                vertices += count;
                attributes = attributes.and(primitive.attributes());
                instances.add(new MeshInstance(primitive, placed.world()));
            }
        }
        // An attribute of one primitive takes memory for the vertices of all others too.
        budget.takeBytes(vertices * (attributes.vertexBytes() - VertexAttributes.NONE.vertexBytes()));
    }

    private List<Primitive> primitives(int index, Accessors accessors) {
        Mesh mesh = Checks.element(gltf.getMeshes(), index, "mesh");
        List<Primitive> primitives = new ArrayList<>();
        for (MeshPrimitive source : Checks.orEmpty(mesh.getPrimitives())) {
            budget.poll();
            if (source.getMaterial() != null) {
                Checks.element(gltf.getMaterials(), source.getMaterial(), "material");
            }
            Primitive primitive = Primitive.of(source, accessors, "Mesh " + index, budget);
            if (primitive != null) {
                primitives.add(primitive);
            }
        }
        return primitives;
    }
}
