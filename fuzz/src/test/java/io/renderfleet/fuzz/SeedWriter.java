package io.renderfleet.fuzz;

import io.renderfleet.localaws.samples.SampleDesigns;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Writes the seeds: small valid inputs of each kind. Run by {@code make fuzz-seeds}; the files are in the repository. */
final class SeedWriter {
    private static final String JOB = """
            {"type": "render", "designId": "test-design-1", "userId": "user-1",
            "camera": {"position": {"x": 0, "y": 1.5, "z": 4e0}, "target": {"x": 0, "y": 1, "z": 0},
            "up": {"x": 0, "y": 1, "z": 0}, "fov": 45},
            "output": {"width": 640, "height": 360.0, "samplesPerPixel": 64, "format": "png"}, "environment": "none",
            "jobId": "6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31", "priority": "HIGH", "orderingKey": "k",
            "regions": ["us-east-1"], "startWithin": "PT10M", "timeout": "PT30M", "maxAttempts": 5}""";

    @SuppressWarnings("InlineFormatString") // Too long to be read there.
    private static final String TEXTURED = """
            {"asset": {"version": "2.0"}, "extensionsUsed": ["KHR_lights_punctual", "KHR_texture_transform"],
            "extensions": {"KHR_lights_punctual": {"lights": [{"type": "spot", "intensity": 9, "spot": {}}]}},
            "scenes": [{"nodes": [0, 1]}], "nodes": [{"mesh": 0, "scale": [1, 2, 1]},
            {"rotation": [0, 0, 0, 1], "children": [2], "extensions": {"KHR_lights_punctual": {"light": 0}}},
            {"matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], "mesh": 0}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}]}],
            "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0, "extensions":
            {"KHR_texture_transform": {"offset": [0, 1], "rotation": 1, "scale": [2, 2]}}}, "roughnessFactor": 0.5},
            "normalTexture": {"index": 0}, "alphaMode": "MASK", "emissiveFactor": [1, 1, 1]}],
            "textures": [{"source": 0, "sampler": 0}], "samplers": [{"wrapS": 33071, "magFilter": 9728}],
            "images": [{"uri": "data:image/png;base64,%s"}],
            "buffers": [{"byteLength": 128, "uri": "data:;base64,%s"}],
            "bufferViews": [{"buffer": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36, "byteLength": 24},
            {"buffer": 0, "byteOffset": 60, "byteLength": 6}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC2"},
            {"bufferView": 2, "componentType": 5123, "count": 3, "type": "SCALAR"}]}""";

    /** Over the empty binary chunk that the target adds. */
    private static final String JSON_CHUNK = """
            {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": 5}], "weights": [1]}],
            "cameras": [{"type": "perspective", "perspective": {"yfov": 1, "znear": 1}}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3", "sparse": {"count": 1,
            "indices": {"bufferView": 0, "componentType": 5121}, "values": {"bufferView": 0}}}],
            "bufferViews": [{"buffer": 0, "byteLength": 64, "byteStride": 16}], "buffers": [{"byteLength": 256}]}""";

    private final Path root;

    private SeedWriter(Path root) {
        this.root = root;
    }

    /**
     * Writes all seeds.
     *
     * @param args the directory of the test resources
     */
    public static void main(String[] args) throws IOException {
        SeedWriter seeds = new SeedWriter(Path.of(args[0], "io", "renderfleet"));
        seeds.designs();
        seeds.images();
        seeds.requests();
        seeds.dynamoDb();
    }

    private void designs() throws IOException {
        byte[] png = encoded("png", BufferedImage.TYPE_INT_ARGB, false);
        byte[] binary = new byte[128];
        ByteBuffer.wrap(binary)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(12, 1)
                .putFloat(28, 1)
                .putFloat(44, 1)
                .putFloat(52, 1)
                .putShort(62, (short) 1)
                .putShort(64, (short) 2);
        Base64.Encoder base64 = Base64.getEncoder();
        String textured = TEXTURED.formatted(base64.encodeToString(png), base64.encodeToString(binary));
        seed(
                "render/gltf/SceneFuzzTests",
                "file",
                "cube.glb",
                SampleDesigns.all().getLast().glb());
        seed("render/gltf/SceneFuzzTests", "file", "textured.gltf", textured);
        seed("render/gltf/SceneFuzzTests", "json", "sparse.json", JSON_CHUNK);
        seed("render/gltf/SceneFuzzTests", "json", "textured.json", textured);
        byte[] numbers = new byte[256];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (byte) (i * 37);
        }
        seed("render/gltf/SceneFuzzTests", "accessors", "numbers", numbers);
    }

    private void images() throws IOException {
        List<Integer> types = List.of(
                BufferedImage.TYPE_BYTE_GRAY,
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_BYTE_INDEXED,
                BufferedImage.TYPE_USHORT_GRAY,
                BufferedImage.TYPE_INT_ARGB);
        for (int type : types) {
            seed("render/gltf/SceneFuzzTests", "image", type + ".png", encoded("png", type, false));
        }
        seed("render/gltf/SceneFuzzTests", "image", "interlaced.png", encoded("png", BufferedImage.TYPE_INT_RGB, true));
        for (int type : List.of(BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB)) {
            seed("render/gltf/SceneFuzzTests", "image", type + ".jpg", encoded("jpeg", type, false));
            seed("render/gltf/SceneFuzzTests", "image", type + "-progressive.jpg", encoded("jpeg", type, true));
        }
    }

    private void requests() throws IOException {
        seed("api/submission/RequestFuzzTests", "job", "everything.json", JOB);
        seed("api/submission/RequestFuzzTests", "batch", "two.json", "{\"jobs\": [" + JOB + ", {\"userId\": 1}]}");
        seed("api/submission/RequestFuzzTests", "payload", "payload.json", """
                {"designId": "test-design-1", "designDigest": "%s", "camera": {"position": {"x": 0, "y": 1, "z": 4},
                "target": {"x": 0, "y": 1, "z": 0}, "up": {"x": 0, "y": 1, "z": 0}, "fov": 45}, "output":
                {"width": 640, "height": 360, "samplesPerPixel": 64, "format": "png"}, "environment": "none"}""".formatted("0a".repeat(32)));
        seed("jobtype/inference/event/EventFuzzTests", "event", "event.json", """
                {"userId": "user-1", "cameraId": "camera-17", "timestamp": "2026-11-27T20:00:00.000Z", "template": "risk",
                "detectedObjects": [{"id": "o-1", "type": "car", "speed": 62}],
                "trafficGroups": [{"groupId": "g-1", "type": "cars"}, {"groupId": 2, "type": "bus", "objects": ["o-1"]}],
                "groupImages": {"g-1": "s3:inputs/a.jpg", "2": ["https://a.example.com/b.png",
                "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="]}}""");
        seed(
                "jobtype/inference/event/EventFuzzTests",
                "prompt",
                "prompt",
                "Camera {event.cameraId}: {group.type} {{x {\"a\": 1} {group.a.b} {event}");
        seed("jobtype/inference/batch/BatchFuzzTests", "lines", "batch.jsonl", """
                {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "assessment", "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "image_url", "image_url": {"url": "s3:inputs/a.jpg"}}]}], "max_completion_tokens": 30, "temperature": 0.5, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}}}
                {"custom_id": "b", "body": {"model": "assessment", "messages": [{"role": "user", "content": "x"}], "responseSchema": {"enum": [1]}}}
                """);
        seed("queue/MessageFuzzTests", "message", "ordered.json", """
                {"jobId": "6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31", "userId": "user-1", "pool": "render",
                "lane": "ORDERED", "routeEpoch": 2, "orderingKey": "k", "allowedRegions": ["us-east-1"]}""");
        seed("api/query/QueryFuzzTests", "query", "query", "userId=user%201&limit=20&userId=%C3%A4+b&x");
        seed(
                "api/lookup/ListingFuzzTests",
                "parameters",
                "parameters",
                "user-1PENDING2026-01-31T12:00:00Z2026-02-01T12:00:00Z20AAAA".getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        for (int member = 0; member < 2; member++) {
            try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
                out.write(JOB.getBytes(StandardCharsets.UTF_8));
            }
        }
        seed("api/body/GzipFuzzTests", "body", "two-members.gz", gzip.toByteArray());
    }

    private void dynamoDb() throws IOException {
        List<String> calls = List.of(
                "PutItem\n" + """
                {"TableName": "ttt", "Item": {"p": {"S": "a"}, "s": {"N": "1e3"}, "b": {"B": "AA=="}, "n": {"NULL": true}},
                "ConditionExpression": "attribute_not_exists(p) OR (size(b) BETWEEN :a AND :b AND NOT contains(l, :a))",
                "ExpressionAttributeValues": {":a": {"N": "1"}, ":b": {"N": "2"}}, "ReturnValues": "ALL_OLD"}""",
                "UpdateItem\n" + """
                {"TableName": "ttt", "Key": {"p": {"S": "a"}, "s": {"N": "1"}},
                "UpdateExpression": "SET #x = if_not_exists(l[0], :one) + :one, m.x = list_append(l, l) REMOVE l[1] ADD c :one DELETE m.y :set",
                "ConditionExpression": "begins_with(p, :a) AND #x IN (:one, :a) AND attribute_type(l, :a)",
                "ExpressionAttributeNames": {"#x": "x"}, "ReturnValues": "UPDATED_NEW",
                "ExpressionAttributeValues": {":one": {"N": "1"}, ":a": {"S": "a"}, ":set": {"SS": ["y"]}}}""",
                "Query\n" + """
                {"TableName": "ttt", "KeyConditionExpression": "p = :p AND s > :s", "Limit": 2, "ScanIndexForward": false,
                "FilterExpression": "x <> :s", "ProjectionExpression": "p, l[0], m.x", "ConsistentRead": true,
                "ExpressionAttributeValues": {":p": {"S": "a"}, ":s": {"N": "0"}}}""",
                "TransactWriteItems\n" + """
                {"TransactItems": [{"Put": {"TableName": "ttt", "Item": {"p": {"S": "z"}, "s": {"N": "2"}}}},
                {"Delete": {"TableName": "ttt", "Key": {"p": {"S": "y"}, "s": {"N": "2"}}}},
                {"ConditionCheck": {"TableName": "ttt", "Key": {"p": {"S": "x"}, "s": {"N": "2"}},
                "ConditionExpression": "attribute_not_exists(p)"}}], "ClientRequestToken": "t"}""",
                "BatchWriteItem\n" + """
                {"RequestItems": {"ttt": [{"PutRequest": {"Item": {"p": {"S": "q"}, "s": {"N": "-0.5"}}}}]}}""",
                "Scan\n" + """
                {"TableName": "ttt", "Segment": 0, "TotalSegments": 2, "Select": "COUNT",
                "ExclusiveStartKey": {"p": {"S": "a"}, "s": {"N": "1"}}}""",
                "CreateTable\n" + """
                {"TableName": "uuu", "BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions":
                [{"AttributeName": "p", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
                "GlobalSecondaryIndexes": [{"IndexName": "iii", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]}}]}""");
        for (String call : calls) {
            seed("localaws/dynamodb/DynamoDbFuzzTests", "call", call.substring(0, call.indexOf('\n')) + ".txt", call);
        }
    }

    private static byte[] encoded(String format, int type, boolean progressive) throws IOException {
        BufferedImage image = new BufferedImage(9, 7, type);
        for (int i = 0; i < 63; i++) {
            image.setRGB(i % 9, i / 9, 0xFF000000 | i * 0x030507);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private void seed(String type, String target, String name, String text) throws IOException {
        seed(type, target, name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void seed(String type, String target, String name, byte[] content) throws IOException {
        Path file = root.resolve(type + "Inputs").resolve(target).resolve("seed-" + name);
        Files.createDirectories(file.getParent());
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
            Files.write(file, content);
        }
    }
}
