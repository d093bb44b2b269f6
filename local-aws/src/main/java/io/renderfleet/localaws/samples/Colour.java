package io.renderfleet.localaws.samples;

/** Arithmetic on colours written as {@code 0xRRGGBB} in sRGB, the way a painter mixes them by eye. */
final class Colour {

    private Colour() {}

    /** From {@code a} at 0 to {@code b} at 1; other values of {@code t} are clamped. */
    static int mix(int a, int b, double t) {
        double s = Math.clamp(t, 0.0, 1.0);
        return rgb(
                red(a) + s * (red(b) - red(a)),
                green(a) + s * (green(b) - green(a)),
                blue(a) + s * (blue(b) - blue(a)));
    }

    /** Lighter above 1, darker below. */
    static int shade(int colour, double factor) {
        return rgb(red(colour) * factor, green(colour) * factor, blue(colour) * factor);
    }

    static int grey(double brightness) {
        return rgb(255 * brightness, 255 * brightness, 255 * brightness);
    }

    /** Channels from 0 to 255, rounded and clamped. */
    static int rgb(double red, double green, double blue) {
        return channel(red) << 16 | channel(green) << 8 | channel(blue);
    }

    /** Red, green and blue as glTF factors: linear light from 0 to 1 (IEC 61966-2-1). */
    static double[] linear(int colour) {
        return new double[] {linearChannel(red(colour)), linearChannel(green(colour)), linearChannel(blue(colour))};
    }

    private static double linearChannel(int value) {
        double c = value / 255.0;
        return c <= 0.04045 ? c / 12.92 : StrictMath.pow((c + 0.055) / 1.055, 2.4);
    }

    private static int channel(double value) {
        return (int) Math.clamp(Math.round(value), 0L, 255L);
    }

    private static int red(int colour) {
        return colour >> 16 & 0xff;
    }

    private static int green(int colour) {
        return colour >> 8 & 0xff;
    }

    private static int blue(int colour) {
        return colour & 0xff;
    }
}
