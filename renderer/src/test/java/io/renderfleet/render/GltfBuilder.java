package io.renderfleet.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Puts glTF files together, sound ones and, through {@link #json()}, broken ones. */
public final class GltfBuilder {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final ObjectNode root = MAPPER.createObjectNode();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    public GltfBuilder() {
        root.putObject("asset").put("version", "2.0");
        root.put("scene", 0);
        root.putArray("scenes").addObject().putArray("nodes");
    }

    /** The whole document, to be bent at will. */
    public ObjectNode json() {
        return root;
    }

    /** Adds an element to one of the document's arrays and gives its number. */
    public int add(String array, String json) {
        ArrayNode nodes = root.withArrayProperty(array);
        nodes.add(parse(json));
        return nodes.size() - 1;
    }

    /** Adds bytes as a buffer view and gives its number. */
    public int view(byte[] bytes) {
        while (binary.size() % 4 != 0) {
            binary.write(0);
        }
        int view = add(
                "bufferViews",
                "{\"buffer\":0,\"byteOffset\":%d,\"byteLength\":%d}".formatted(binary.size(), bytes.length));
        binary.writeBytes(bytes);
        return view;
    }

    public int accessor(String type, int componentType, boolean normalized, int count, byte[] bytes) {
        return add(
                "accessors",
                "{\"bufferView\":%d,\"type\":\"%s\",\"componentType\":%d,\"normalized\":%b,\"count\":%d}"
                        .formatted(view(bytes), type, componentType, normalized, count));
    }

    public int floats(String type, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        int components = type.equals("VEC2") ? 2 : type.equals("VEC3") ? 3 : type.equals("VEC4") ? 4 : 1;
        return accessor(type, 5126, false, values.length / components, bytes.array());
    }

    public int indices(int... values) {
        return accessor("SCALAR", 5123, false, values.length, shorts(values));
    }

    public static byte[] shorts(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putShort((short) value);
        }
        return bytes.array();
    }

    /** Adds a mesh of one primitive and gives its number. */
    public int mesh(String primitive) {
        return add("meshes", "{\"primitives\":[" + primitive + "]}");
    }

    /** Adds a node to the document and to its scene. */
    public int node(String json) {
        int node = add("nodes", json);
        ((ArrayNode) root.at("/scenes/0/nodes")).add(node);
        return node;
    }

    public int material(String json) {
        return add("materials", json);
    }

    /** Adds a matte material. */
    public int matte(double red, double green, double blue) {
        return material("""
                {"pbrMetallicRoughness":{"baseColorFactor":[%s,%s,%s,1],"metallicFactor":0,"roughnessFactor":1}}
                """.formatted(red, green, blue));
    }

    /** Adds a material that only gives light. */
    public int glow(double radiance) {
        return material("""
                {"pbrMetallicRoughness":{"baseColorFactor":[0,0,0,1],"metallicFactor":0,"roughnessFactor":1},
                 "emissiveFactor":[1,1,1],
                 "extensions":{"KHR_materials_emissive_strength":{"emissiveStrength":%s}}}
                """.formatted(radiance));
    }

    /** Adds a parallelogram facing a × b, with texture coordinates, as mesh and node. */
    public GltfBuilder quad(double[] corner, double[] a, double[] b, int material) {
        float[] positions = new float[12];
        for (int i = 0; i < 3; i++) {
            positions[i] = (float) corner[i];
            positions[3 + i] = (float) (corner[i] + a[i]);
            positions[6 + i] = (float) (corner[i] + a[i] + b[i]);
            positions[9 + i] = (float) (corner[i] + b[i]);
        }
        int mesh = mesh("{\"attributes\":{\"POSITION\":%d,\"TEXCOORD_0\":%d},\"indices\":%d%s}"
                .formatted(
                        floats("VEC3", positions),
                        floats("VEC2", 0, 1, 1, 1, 1, 0, 0, 0),
                        indices(0, 1, 2, 0, 2, 3),
                        material < 0 ? "" : ",\"material\":" + material));
        node("{\"mesh\":" + mesh + "}");
        return this;
    }

    /** Adds a sphere with smooth normals as mesh and node. */
    public GltfBuilder sphere(double x, double y, double z, double radius, int segments, int material) {
        int rows = segments / 2;
        float[] positions = new float[3 * (rows + 1) * (segments + 1)];
        float[] normals = new float[positions.length];
        int at = 0;
        for (int row = 0; row <= rows; row++) {
            for (int column = 0; column <= segments; column++) {
                double polar = Math.PI * row / rows;
                double turn = 2 * Math.PI * column / segments;
                normals[at] = (float) (Math.sin(polar) * Math.cos(turn));
                normals[at + 1] = (float) Math.cos(polar);
                normals[at + 2] = (float) (-Math.sin(polar) * Math.sin(turn));
                positions[at] = (float) (x + radius * normals[at]);
                positions[at + 1] = (float) (y + radius * normals[at + 1]);
                positions[at + 2] = (float) (z + radius * normals[at + 2]);
                at += 3;
            }
        }
        int[] corners = new int[6 * rows * segments];
        at = 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < segments; column++) {
                int first = row * (segments + 1) + column;
                int below = first + segments + 1;
                corners[at++] = first;
                corners[at++] = below;
                corners[at++] = below + 1;
                corners[at++] = first;
                corners[at++] = below + 1;
                corners[at++] = first + 1;
            }
        }
        int mesh = mesh("{\"attributes\":{\"POSITION\":%d,\"NORMAL\":%d},\"indices\":%d,\"material\":%d}"
                .formatted(floats("VEC3", positions), floats("VEC3", normals), indices(corners), material));
        node("{\"mesh\":" + mesh + "}");
        return this;
    }

    public byte[] glb() {
        finishBuffer(false);
        return glb(text(), binary.toByteArray());
    }

    /** A .glb of any JSON and bytes. */
    public static byte[] glb(String json, byte[] bytes) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        int textLength = (text.length + 3) / 4 * 4;
        int binaryLength = (bytes.length + 3) / 4 * 4;
        int length = 12 + 8 + textLength + (bytes.length == 0 ? 0 : 8 + binaryLength);
        ByteBuffer glb = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        glb.putInt(0x46546C67).putInt(2).putInt(length).putInt(textLength).putInt(0x4E4F534A);
        glb.put(text);
        while (glb.position() < 20 + textLength) {
            glb.put((byte) ' ');
        }
        if (bytes.length > 0) {
            glb.putInt(binaryLength).putInt(0x004E4942).put(bytes);
        }
        return glb.array();
    }

    /** The file as JSON with its buffer in a data URI. */
    public byte[] gltf() {
        finishBuffer(true);
        return text().getBytes(StandardCharsets.UTF_8);
    }

    private void finishBuffer(boolean embedded) {
        if (root.has("buffers") || binary.size() == 0) {
            return;
        }
        ObjectNode buffer = root.putArray("buffers").addObject().put("byteLength", binary.size());
        if (embedded) {
            buffer.put(
                    "uri",
                    "data:application/octet-stream;base64,"
                            + Base64.getEncoder().encodeToString(binary.toByteArray()));
        }
    }

    private String text() {
        try {
            return MAPPER.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
