package io.renderfleet.standalone;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Pictures of a road with cars, as a traffic camera takes them, for demonstrations. They have no text, because a container
 * may have no fonts.
 */
public final class RoadPicture {
    static final int WIDTH = 320;
    static final int HEIGHT = 180;

    private static final int HORIZON = 70;
    private static final List<Color> PAINTS = List.of(
            new Color(0xB03A2E), new Color(0x1F618D), new Color(0xD4AC0D), new Color(0xECF0F1), new Color(0x2C3E50));

    private RoadPicture() {}

    /** A picture of about 6 KB. The same number gives the same picture. */
    static byte[] jpeg(int number) {
        return jpeg(number, WIDTH);
    }

    /** The same picture in another size. */
    public static byte[] jpeg(int number, int width) {
        BufferedImage image = new BufferedImage(width, width * HEIGHT / WIDTH, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        canvas.scale((double) width / WIDTH, (double) width / WIDTH);
        canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        scene(canvas);
        Random random = new Random(number);
        int cars = 1 + random.nextInt(5);
        for (int i = 0; i < cars; i++) {
            // From far to near, so that near cars cover far ones.
            car(canvas, 0.15 + 0.8 * (i + random.nextDouble()) / cars, random);
        }
        canvas.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "jpeg", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void scene(Graphics2D canvas) {
        canvas.setPaint(new GradientPaint(0, 0, new Color(0x5D8AA8), 0, HORIZON, new Color(0xD6E4EC)));
        canvas.fillRect(0, 0, WIDTH, HORIZON);
        canvas.setColor(new Color(0x6B8E4E));
        canvas.fillRect(0, HORIZON, WIDTH, HEIGHT - HORIZON);
        canvas.setColor(new Color(0x4A4A4A));
        canvas.fillPolygon(new Polygon(
                new int[] {WIDTH / 2 - 12, WIDTH / 2 + 12, WIDTH - 20, 20},
                new int[] {HORIZON, HORIZON, HEIGHT, HEIGHT},
                4));
        canvas.setColor(Color.WHITE);
        for (double near = 0.05; near < 1; near += 0.18) {
            int top = y(near);
            int bottom = y(near + 0.07);
            int half = (int) Math.max(1, 3 * near);
            canvas.fillRect(WIDTH / 2 - half, top, 2 * half, Math.max(1, bottom - top));
        }
    }

    /** The row of the road at a distance: 0 at the horizon, 1 at the lower edge. */
    private static int y(double near) {
        return (int) (HORIZON + near * (HEIGHT - HORIZON));
    }

    private static void car(Graphics2D canvas, double near, Random random) {
        int width = (int) (10 + 60 * near);
        int height = (int) (width * 0.6);
        int lane = random.nextBoolean() ? 1 : -1;
        int centre = (int) (WIDTH / 2.0 + lane * (8 + 65 * near));
        int bottom = y(near);
        canvas.setColor(new Color(0, 0, 0, 90));
        canvas.fillOval(centre - width * 6 / 10, bottom - height / 8, width * 12 / 10, height / 4);
        canvas.setColor(PAINTS.get(random.nextInt(PAINTS.size())));
        canvas.fillRoundRect(centre - width / 2, bottom - height * 6 / 10, width, height * 6 / 10, 6, 6);
        canvas.fillRoundRect(centre - width * 38 / 100, bottom - height, width * 76 / 100, height / 2, 6, 6);
        canvas.setColor(new Color(0xBFD7E4));
        canvas.fillRect(centre - width * 3 / 10, bottom - height * 9 / 10, width * 6 / 10, height / 4);
        canvas.setColor(lane > 0 ? new Color(0xC0392B) : new Color(0xFFF3B0));
        int lamp = Math.max(2, width / 9);
        canvas.fillOval(centre - width * 45 / 100, bottom - height * 4 / 10, lamp, lamp);
        canvas.fillOval(centre + width * 45 / 100 - lamp, bottom - height * 4 / 10, lamp, lamp);
    }
}
