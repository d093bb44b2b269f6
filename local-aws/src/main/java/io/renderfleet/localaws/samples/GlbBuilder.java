package io.renderfleet.localaws.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes one binary glTF 2.0 file (Khronos, glTF 2.0 §4): a scene of nodes, with every mesh and picture inside. Things
 * are added leaves first and known by their number. Nodes that no group took in are the roots of the scene.
 */
final class GlbBuilder {

    /** Triangles and the number of the material they are made of. */
    record Part(Mesh mesh, int material) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode gltf = JSON.createObjectNode();
    private final GlbBuffer buffer = new GlbBuffer(gltf);
    private final Map<Mesh, ObjectNode> geometries = new HashMap<>();
    private final BitSet grouped = new BitSet();

    GlbBuilder(String title) {
        gltf.putObject("asset").put("version", "2.0").put("generator", "Renderfleet sample designs");
        gltf.put("scene", 0).putArray("scenes").addObject().put("name", title);
    }

    /** A picture that repeats in both directions. */
    TextureUse texture(BufferedImage image) {
        array("images").addObject().put("bufferView", buffer.png(image)).put("mimeType", "image/png");
        if (!gltf.has("samplers")) {
            gltf.putArray("samplers").addObject(); // All defaults: repeat, linear.
        }
        ArrayNode textures = array("textures");
        textures.addObject().put("sampler", 0).put("source", array("images").size() - 1);
        return new TextureUse(textures.size() - 1, 1, 1);
    }

    int material(Material material) {
        return append("materials", material.toJson());
    }

    int mesh(String name, Part... parts) {
        ObjectNode mesh = JSON.createObjectNode().put("name", name);
        ArrayNode primitives = mesh.putArray("primitives");
        for (Part part : parts) {
            boolean textured = array("materials").get(part.material).findValue("index") != null;
            ObjectNode geometry = geometries.computeIfAbsent(part.mesh, this::store);
            if (textured && geometry.at("/attributes/TEXCOORD_0").isMissingNode()) {
                geometry.withObject("/attributes").put("TEXCOORD_0", buffer.floats(part.mesh.texCoords, 2));
            }
            primitives.add(geometry.deepCopy().put("material", part.material));
        }
        return append("meshes", mesh);
    }

    /** The JSON of a mesh without its material, so that a mesh that is used with several materials is stored once. */
    private ObjectNode store(Mesh mesh) {
        ObjectNode primitive = JSON.createObjectNode();
        ObjectNode attributes = primitive.putObject("attributes");
        attributes.put("POSITION", buffer.positions(mesh.positions));
        attributes.put("NORMAL", buffer.floats(mesh.normals, 3));
        if (mesh.colours.length > 0) {
            attributes.put("COLOR_0", buffer.colours(mesh.colours));
        }
        return primitive.put("indices", buffer.indices(mesh.indices, mesh.vertexCount()));
    }

    /** Shows a mesh at a place; the same mesh can be shown many times. */
    int show(String name, Affine where, int mesh) {
        return append("nodes", node(name, where).put("mesh", mesh));
    }

    /** A mesh that is shown once. */
    int show(String name, Affine where, MeshBuilder mesh, int material) {
        return show(name, where, mesh(name, new Part(mesh.build(), material)));
    }

    /** Puts nodes under a new one. */
    int group(String name, Affine where, List<Integer> children) {
        ObjectNode node = node(name, where);
        ArrayNode list = node.putArray("children");
        for (int child : children) {
            list.add(child);
            grouped.set(child);
        }
        return append("nodes", node);
    }

    /** From all of a point evenly; {@code candela}. */
    int pointLight(String name, Vec3 at, int srgb, double candela) {
        return light(name, Affine.at(at.x(), at.y(), at.z()), light("point", srgb, candela));
    }

    /** Parallel, from {@code from} towards {@code to}; {@code lux} on a surface that faces it. */
    int sun(String name, Vec3 from, Vec3 to, int srgb, double lux) {
        return light(name, Affine.aimed(from, to), light("directional", srgb, lux));
    }

    /** A cone that fades from {@code inner} to {@code outer} degrees off its axis; {@code candela} on the axis. */
    int spotLight(String name, Vec3 from, Vec3 to, int srgb, double candela, double inner, double outer) {
        ObjectNode light = light("spot", srgb, candela);
        light.putObject("spot")
                .put("innerConeAngle", StrictMath.toRadians(inner))
                .put("outerConeAngle", StrictMath.toRadians(outer));
        return light(name, Affine.aimed(from, to), light);
    }

    byte[] build() {
        ArrayNode roots = ((ObjectNode) array("scenes").get(0)).putArray("nodes");
        for (int node = 0; node < array("nodes").size(); node++) {
            if (!grouped.get(node)) {
                roots.add(node);
            }
        }
        ArrayNode used = JSON.createArrayNode();
        gltf.findValues("extensions").stream()
                .flatMap(extensions -> extensions.propertyStream().map(Map.Entry::getKey))
                .distinct()
                .sorted()
                .forEach(used::add);
        if (!used.isEmpty()) {
            gltf.set("extensionsUsed", used);
        }
        gltf.putArray("buffers").addObject().put("byteLength", buffer.size());
        try {
            return buffer.file(JSON.writeValueAsString(gltf).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be written", e);
        }
    }

    private int light(String name, Affine where, ObjectNode light) {
        ArrayNode lights = gltf.withArray("/extensions/KHR_lights_punctual/lights");
        lights.add(light);
        ObjectNode node = node(name, where);
        node.putObject("extensions").putObject("KHR_lights_punctual").put("light", lights.size() - 1);
        return append("nodes", node);
    }

    private static ObjectNode light(String type, int srgb, double intensity) {
        ObjectNode light = JSON.createObjectNode().put("type", type).put("intensity", intensity);
        ArrayNode colour = light.putArray("color");
        for (double channel : Colour.linear(srgb)) {
            colour.add(channel);
        }
        return light;
    }

    private static ObjectNode node(String name, Affine where) {
        ObjectNode node = JSON.createObjectNode().put("name", name);
        if (!where.equals(Affine.IDENTITY)) {
            ArrayNode matrix = node.putArray("matrix");
            addColumn(matrix, where.x(), 0);
            addColumn(matrix, where.y(), 0);
            addColumn(matrix, where.z(), 0);
            addColumn(matrix, where.origin(), 1);
        }
        return node;
    }

    private static void addColumn(ArrayNode matrix, Vec3 column, int last) {
        matrix.add((float) column.x())
                .add((float) column.y())
                .add((float) column.z())
                .add(last);
    }

    private int append(String list, ObjectNode entry) {
        array(list).add(entry);
        return array(list).size() - 1;
    }

    private ArrayNode array(String name) {
        return gltf.withArrayProperty(name);
    }
}
