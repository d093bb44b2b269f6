package io.renderfleet.render;

import static io.renderfleet.render.TestScenes.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The size of an image that is checked is the size that is decoded, and decoding it stays within its memory and time. */
class ImageSizeTests {

    /** Where a reader arrives that takes a marker without a length for a segment with the length FFFE. */
    private static final int SECOND_HEADER = 2 + 2 + 0xFFFE;

    private static final int COMMENT_BYTES = 0xF000;

    /** TEM, RST0 and RST7 have no length (ITU T.81, B.1.1.3). */
    @ParameterizedTest
    @ValueSource(ints = {0x01, 0xD0, 0xD7})
    void refusesAJpegByTheSizeThatIsDecoded(int marker) throws IOException {
        byte[] file = textured(twoSizes(marker, jpeg(200, false)));
        SceneReader reader = reader(10_000, Long.MAX_VALUE);
        refused("texture-too-large", "200 x 200", () -> TestScenes.withFile(file, reader::inspect));
        assertThat(TestScenes.read(file).summary().textures()).isEqualTo(1);
    }

    @Test
    void refusesAProgressiveJpegWhoseDecoderNeedsTooMuchNativeMemory() throws IOException {
        SceneReader reader = reader(1_000_000, 3_000_000);
        byte[] baseline = textured(jpeg(512, false));
        assertThat(TestScenes.withFile(baseline, reader::read).summary().textures())
                .isEqualTo(1);
        byte[] progressive = textured(jpeg(512, true));
        refused(
                "texture-too-large",
                "save it as a baseline JPEG",
                () -> TestScenes.withFile(progressive, reader::read));
    }

    @Test
    void refusesAnImageWhosePixelsNeedTooMuchMemory() throws IOException {
        byte[] file = textured(jpeg(512, false));
        refused(
                "design-too-large",
                "smaller textures",
                () -> TestScenes.withFile(file, reader(1_000_000, 500_000)::read));
    }

    @Test
    void stopsDecodingAnImageOfManyScans() throws IOException {
        byte[] file = textured(manyScans(jpeg(256, true), 300));
        AtomicInteger looks = new AtomicInteger();
        assertThatExceptionOfType(RenderCancelledException.class)
                .isThrownBy(() -> TestScenes.withFile(
                        file,
                        path -> reader(1_000_000, Long.MAX_VALUE).read(path, () -> looks.incrementAndGet() >= 5_000)));
        assertThat(looks).hasValue(5_000);
    }

    private static SceneReader reader(long texturePixels, long memory) {
        return new SceneReader(
                new SceneLimits(10_000_000, 1_000, texturePixels, 1L << 30, 1_000, memory, Duration.ofMinutes(1)));
    }

    private static void refused(String code, String text, org.assertj.core.api.ThrowableAssert.ThrowingCallable read) {
        assertThatExceptionOfType(InvalidSceneException.class)
                .isThrownBy(read)
                .withMessageContaining(text)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private static byte[] textured(byte[] image) {
        GltfBuilder builder = new GltfBuilder();
        builder.add("images", "{\"bufferView\":" + builder.view(image) + "}");
        builder.add("textures", "{\"source\":0}");
        int material = builder.material("{\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":0}}}");
        return builder.quad(at(0, 0, 0), at(1, 0, 0), at(0, 1, 0), material).glb();
    }

    private static byte[] jpeg(int side, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (progressive) {
                param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /**
     * A marker without a length, and comments that hide a header of 64 x 64 pixels from every reader that skips markers
     * without a length.
     */
    private static byte[] twoSizes(int marker, byte[] jpeg) {
        ByteBuffer file = ByteBuffer.allocate(4 + 2 * (2 + COMMENT_BYTES) + jpeg.length - 2);
        file.putShort((short) 0xFFD8).putShort((short) (0xFF00 | marker));
        for (int i = 0; i < 2; i++) {
            file.putShort((short) 0xFFFE).putShort((short) COMMENT_BYTES).position(file.position() + COMMENT_BYTES - 2);
        }
        file.put(jpeg, 2, jpeg.length - 2);
        file.position(SECOND_HEADER);
        file.putShort((short) 0xFFC0)
                .putShort((short) 17)
                .put((byte) 8)
                .putShort((short) 64)
                .putShort((short) 64)
                .put((byte) 3);
        return file.array();
    }

    /** Repeats the last scan, which refines pixels that are already complete. */
    private static byte[] manyScans(byte[] progressive, int scans) {
        int last = progressive.length - 2;
        while (progressive[last] != (byte) 0xFF || progressive[last + 1] != (byte) 0xDA) {
            last--;
        }
        byte[] scan = Arrays.copyOfRange(progressive, last, progressive.length - 2);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(progressive, 0, progressive.length - 2);
        for (int i = 0; i < scans; i++) {
            bytes.writeBytes(scan);
        }
        bytes.write(progressive, progressive.length - 2, 2);
        return bytes.toByteArray();
    }
}
