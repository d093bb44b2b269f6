package io.renderfleet.render;

import static io.renderfleet.render.TestScenes.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A texture is what its samples say, however they are stored: the picture is that of the same samples as 8-bit RGBA.
 */
class TextureSamplesTests {

    private static final int SIZE = 8;
    private static final int GREY = 0x66;
    private static final int TWO_BYTES = GREY << 8 | GREY;

    private static final int PNG_GREY = 0;
    private static final int PNG_RGB = 2;
    private static final int PNG_PALETTE = 3;
    private static final int PNG_GREY_ALPHA = 4;
    private static final int PNG_RGBA = 6;

    static Stream<Arguments> storedGreys() throws IOException {
        byte[] opaque = rgba(GREY, GREY, GREY, 0xFF);
        byte[] half = rgba(GREY, GREY, GREY, 0x80);
        byte[] clear = rgba(GREY, GREY, GREY, 0);
        byte[] third = rgba(0x55, 0x55, 0x55, 0xFF);
        byte[] gamma = chunk("gAMA", ByteBuffer.allocate(4).putInt(100_000).array());
        byte[] transparent = chunk("tRNS", new byte[] {0, GREY});
        byte[] grey = jpeg(BufferedImage.TYPE_BYTE_GRAY);
        return Stream.of(
                arguments("1-bit grey", png(PNG_GREY, 1, none(), 1), rgba(0xFF, 0xFF, 0xFF, 0xFF)),
                arguments("2-bit grey", png(PNG_GREY, 2, none(), 1), third),
                arguments("4-bit grey", png(PNG_GREY, 4, none(), 6), opaque),
                arguments("8-bit grey", png(PNG_GREY, 8, none(), GREY), opaque),
                arguments("16-bit grey", png(PNG_GREY, 16, none(), TWO_BYTES), opaque),
                arguments("2-bit grey with tRNS", png(PNG_GREY, 2, chunk("tRNS", new byte[] {0, 3}), 1), third),
                arguments("8-bit grey with tRNS", png(PNG_GREY, 8, transparent, GREY), clear),
                arguments("8-bit grey with gAMA", png(PNG_GREY, 8, gamma, GREY), opaque),
                arguments("8-bit grey and alpha", png(PNG_GREY_ALPHA, 8, none(), GREY, 0x80), half),
                arguments("16-bit grey and alpha", png(PNG_GREY_ALPHA, 16, none(), TWO_BYTES, 0x8080), half),
                arguments("16-bit RGB", png(PNG_RGB, 16, none(), TWO_BYTES, TWO_BYTES, TWO_BYTES), opaque),
                arguments("16-bit RGBA", png(PNG_RGBA, 16, none(), TWO_BYTES, TWO_BYTES, TWO_BYTES, 0x8080), half),
                arguments("RGB with gAMA", png(PNG_RGB, 8, gamma, GREY, GREY, GREY), opaque),
                arguments("RGB with a linear ICC profile", png(PNG_RGB, 8, iccp(), GREY, GREY, GREY), opaque),
                arguments("grey palette", png(PNG_PALETTE, 8, palette(), 1), opaque),
                arguments("grey JPEG", jpeg(BufferedImage.TYPE_BYTE_GRAY), opaque),
                arguments("grey JPEG with an ICC profile", withProfile(jpeg(BufferedImage.TYPE_BYTE_GRAY)), opaque),
                arguments("grey JPEG with a marker before its ICC profile", withProfile(withMarker(grey)), opaque),
                arguments("colour JPEG", jpeg(BufferedImage.TYPE_3BYTE_BGR), opaque),
                arguments("colour JPEG with an ICC profile", withProfile(jpeg(BufferedImage.TYPE_3BYTE_BGR)), opaque));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("storedGreys")
    void showsAGreyTextureAsTheSameTextureInRgba(String name, byte[] stored, byte[] reference) {
        assertThat(picture(colour(stored))).as(name).isEqualTo(picture(colour(reference)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"metallicRoughness", "normal", "emissive"})
    void readsGreyTexturesOfEveryUseAsTheSameTextureInRgba(String use) {
        byte[] reference = rgba(GREY, GREY, GREY, 0xFF);
        assertThat(picture(used(use, png(PNG_GREY, 8, none(), GREY)))).isEqualTo(picture(used(use, reference)));
        assertThat(picture(used(use, png(PNG_GREY, 16, none(), TWO_BYTES)))).isEqualTo(picture(used(use, reference)));
    }

    @Test
    void roundsSamplesOf16BitsToTheNearest() {
        assertThat(picture(colour(png(PNG_GREY, 16, none(), TWO_BYTES + 128))))
                .isEqualTo(picture(colour(rgba(GREY, GREY, GREY, 0xFF))));
        assertThat(picture(colour(png(PNG_GREY, 16, none(), TWO_BYTES + 129))))
                .isEqualTo(picture(colour(rgba(GREY + 1, GREY + 1, GREY + 1, 0xFF))));
    }

    @Test
    void refusesJpegsOfFourComponentsWhenTheyAreUploaded() throws IOException {
        byte[] file = colour(cmykJpeg()).glb();
        assertThatExceptionOfType(InvalidSceneException.class)
                .isThrownBy(() -> TestScenes.inspect(file))
                .satisfies(e -> assertThat(e.code()).isEqualTo("unsupported-image"))
                .withMessageContaining("4 colour components")
                .withMessageContaining("save it as RGB");
    }

    private static GltfBuilder colour(byte[] image) {
        return quad(image, """
                {"pbrMetallicRoughness":{"baseColorTexture":{"index":0},"metallicFactor":0},"alphaMode":"BLEND"}""");
    }

    private static GltfBuilder used(String use, byte[] image) {
        return quad(
                image,
                switch (use) {
                    case "metallicRoughness" ->
                        "{\"pbrMetallicRoughness\":{\"metallicRoughnessTexture\":{\"index\":0}}}";
                    case "normal" ->
                        "{\"pbrMetallicRoughness\":{\"roughnessFactor\":0.3},\"normalTexture\":{\"index\":0}}";
                    default -> "{\"emissiveFactor\":[1,1,1],\"emissiveTexture\":{\"index\":0}}";
                });
    }

    private static GltfBuilder quad(byte[] image, String material) {
        GltfBuilder builder = new GltfBuilder();
        builder.add("images", "{\"bufferView\":" + builder.view(image) + "}");
        builder.add("textures", "{\"source\":0}");
        return builder.quad(at(-1, -1, 0), at(2, 0, 0), at(0, 2, 0), builder.material(material));
    }

    private static int[] picture(GltfBuilder builder) {
        Camera camera = new Camera(new Vec3(0, 0, 4), new Vec3(0, 0, 0), new Vec3(0, 1, 0), 53);
        try (Renderer renderer = new Renderer(1)) {
            Picture picture = renderer.render(
                    TestScenes.read(builder.glb()),
                    camera,
                    RenderSettings.of(16, 16, 16),
                    RenderProgress.NONE,
                    CancelSignal.NEVER);
            int[] pixels = new int[16 * 16];
            Arrays.setAll(pixels, i -> picture.rgb(i % 16, i / 16));
            return pixels;
        }
    }

    private static byte[] rgba(int... pixel) {
        return png(PNG_RGBA, 8, none(), pixel);
    }

    /** A PNG of one colour; samples of less than a byte are repeated, as they lie side by side in one. */
    private static byte[] png(int colourType, int depth, byte[] extraChunks, int... pixel) {
        ByteBuffer row = ByteBuffer.allocate(1 + Math.max(SIZE, SIZE * pixel.length * depth / 8))
                .put((byte) 0);
        for (int x = 0; x < SIZE * pixel.length * depth / Math.max(8, depth); x++) {
            int sample = pixel[x % pixel.length];
            if (depth == 16) {
                row.putShort((short) sample);
            } else {
                int packed = 0;
                for (int shift = 0; shift < 8; shift += depth) {
                    packed |= sample << shift;
                }
                row.put((byte) packed);
            }
        }
        byte[] line = Arrays.copyOf(row.array(), row.position());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(data)) {
            for (int y = 0; y < SIZE; y++) {
                out.write(line);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        ByteBuffer header = ByteBuffer.allocate(13)
                .putInt(SIZE)
                .putInt(SIZE)
                .put((byte) depth)
                .put((byte) colourType);
        return joined(
                new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'},
                chunk("IHDR", header.array()),
                extraChunks,
                chunk("IDAT", data.toByteArray()),
                chunk("IEND", none()));
    }

    private static byte[] palette() {
        return chunk("PLTE", new byte[] {-1, 0, 0, GREY, GREY, GREY});
    }

    private static byte[] iccp() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.writeBytes(new byte[] {'l', 'i', 'n', 0, 0});
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
            out.write(linearProfile());
        }
        return chunk("iCCP", packed.toByteArray());
    }

    private static byte[] chunk(String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        return ByteBuffer.allocate(12 + data.length)
                .putInt(data.length)
                .put(name)
                .put(data)
                .putInt((int) crc.getValue())
                .array();
    }

    /** A JPEG of one grey, which its quantization keeps exactly. */
    private static byte[] jpeg(int type) throws IOException {
        BufferedImage image = new BufferedImage(SIZE, SIZE, type);
        WritableRaster raster = image.getRaster();
        for (int band = 0; band < raster.getNumBands(); band++) {
            raster.setSamples(0, 0, SIZE, SIZE, band, filled(GREY));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", bytes);
        return bytes.toByteArray();
    }

    private static byte[] cmykJpeg() throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, SIZE, SIZE, 4, null);
        raster.setSamples(0, 0, SIZE, SIZE, 0, filled(GREY));
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** Puts a linear RGB profile behind the JFIF header, whose 18 bytes follow the start of the image. */
    private static byte[] withProfile(byte[] jpeg) {
        byte[] profile = linearProfile();
        byte[] segment = ByteBuffer.allocate(18 + profile.length)
                .putShort((short) 0xFFE2)
                .putShort((short) (16 + profile.length))
                .put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 1)
                .put(profile)
                .array();
        return joined(Arrays.copyOf(jpeg, 20), segment, Arrays.copyOfRange(jpeg, 20, jpeg.length));
    }

    /** Puts a marker that has no length, and may be ignored, before the JFIF header of a JPEG. */
    private static byte[] withMarker(byte[] jpeg) {
        return joined(Arrays.copyOf(jpeg, 2), new byte[] {-1, 1}, Arrays.copyOfRange(jpeg, 2, jpeg.length));
    }

    private static byte[] linearProfile() {
        return ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    }

    private static int[] filled(int value) {
        int[] samples = new int[SIZE * SIZE];
        Arrays.fill(samples, value);
        return samples;
    }

    private static byte[] none() {
        return new byte[0];
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
